/** The upload of a form, as state: started once, shown while it runs, put back when the page comes back. */
import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { sendForm, type Sending } from "./send-form";

export interface Progress {
  sent: number;
  total: number;
  percent: number;
}

export interface Upload<T> {
  progress: Progress | null;
  /** What the server objected to, last time. */
  outcome: T | undefined;
  /** Counts the server's objections. */
  answers: number;
  /** No answer at all, in words. */
  failure: string | null;
  start: (event: FormEvent<HTMLFormElement>) => void;
  stop: () => void;
}

const WHY = (status: number) =>
  status === 0
    ? "The connection was lost before everything was sent. Check your network and press the button again; your answers and your file are still here."
    : `The server could not take the request (error ${status}). Wait a minute and press the button again; your answers and your file are still here.`;

export function useUpload<T>(formId: string): Upload<T> {
  const sending = useRef<Sending<T> | null>(null);
  const { revalidate } = useRevalidator();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [said, setSaid] = useState<{ outcome?: T; answers: number }>({ answers: 0 });

  // Back from the success page: the next request is a new one.
  useEffect(() => {
    const back = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      sending.current = null;
      setProgress(null);
      const key = document.querySelector<HTMLInputElement>(`#${formId} [name=form_key]`);
      if (key) key.value = randomUuid();
    };
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, [formId]);

  const start = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (sending.current) return;
    setFailure(null);
    setProgress({ sent: 0, total: 0, percent: 0 });
    const mine = sendForm<T>(event.currentTarget, (sent, total) =>
      setProgress({ sent, total, percent: total ? Math.round((sent / total) * 100) : 0 }),
    );
    sending.current = mine;
    void mine.answer.then((answer) => {
      if (sending.current !== mine) return;
      // Until the next page is here the button stays busy.
      if (answer.kind === "redirected") return location.assign(answer.url);
      sending.current = null;
      setProgress(null);
      if (answer.kind === "failed") setFailure(WHY(answer.status));
      else {
        setSaid(({ answers }) => ({ outcome: answer.outcome, answers: answers + 1 }));
        // Perhaps it was refused because what the page offers is no longer so.
        revalidate();
      }
    });
  };
  const stop = () => {
    const mine = sending.current;
    sending.current = null;
    setProgress(null);
    mine?.stop();
  };
  return { progress, failure, start, stop, ...said, outcome: said.outcome };
}

/** Works on plain http too, where `crypto.randomUUID` is missing. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
