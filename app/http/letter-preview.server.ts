/** A letter in a frame, as its reader sees it. What the frame may do (nothing) is said in server/web/headers.ts. */
import { frameOf, type Letter, renderHtml, renderText } from "@server/mail/letter";
import type { Settings } from "@server/settings/schema";

const HEADERS = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" };

/** The letter as HTML. */
export function letterPreview(letter: Letter, settings: Settings): Response {
  return new Response(renderHtml(letter, frameOf(settings)), { headers: HEADERS });
}

/** The letter as plain text. */
export function letterText(letter: Letter, settings: Settings): string {
  return renderText(letter, frameOf(settings));
}

/** A sentence in the letter's place. */
export function previewProblem(sentences: string[], status: number, settings: Settings): Response {
  const letter: Letter = {
    subject: "No preview",
    blocks: [
      { kind: "heading", text: "There is no preview yet" },
      ...sentences.map((text) => ({ kind: "paragraph" as const, text })),
    ],
  };
  const frame = { ...frameOf(settings), contact_email: "", footer: "" };
  return new Response(renderHtml(letter, frame), { status, headers: HEADERS });
}
