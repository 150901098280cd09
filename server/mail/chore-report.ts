/** What the administrator is told of a chore, a backup above all. Pure: no I/O. */
import type { Settings } from "../settings/schema";
import { facts, type Frame, frameOf, labTime, type Letter } from "./letter";

export interface ReportedRun {
  title: string;
  state: "done" | "failed" | "interrupted";
  at: Date;
  result: string | null;
  /** The log's head at that time: kept outside, it proves later that nothing before it was changed. */
  head?: { seq: number; hash: string };
}

/** The letter about one run. */
export function choreReport(
  run: ReportedRun,
  extras: { chores_url: string; settings: Pick<Settings, "time_zone"> },
): Letter {
  const good = run.state === "done";
  return {
    subject: good ? `${run.title}: done` : `${run.title} FAILED: please look`,
    blocks: [
      { kind: "heading", text: good ? `${run.title}: done` : `${run.title} failed` },
      {
        kind: "paragraph",
        text: run.result ?? (good ? "There is nothing more to tell." : "No reason was written down."),
      },
      ...(good
        ? []
        : [{ kind: "paragraph" as const, text: "It is tried again at its next planned time; until then there is no newer one." }]), // prettier-ignore
      facts([
        ["Started", labTime(run.at, extras.settings.time_zone)],
        ["Head of the log", run.head ? `${run.head.seq} ${run.head.hash}` : null],
      ]),
      { kind: "button", label: "See all chores", url: extras.chores_url, quiet: true },
    ],
  };
}

/** The frame of letters to the administrator: they did not ask for a print. */
export function adminFrame(lab: Parameters<typeof frameOf>[0]): Frame {
  return {
    ...frameOf(lab),
    footer: "You get this message because your address stands as the administrator's in the lab's settings.",
  };
}
