/**
 * A decision over the list: the same form at the same address as its page. Opening takes the lock and fetches
 * the job's state afresh; closing gives the lock back, and asks first when something was typed; a refusal keeps it.
 */
import { Dialog, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react";
import { useFetcher, useRevalidator } from "@remix-run/react";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { Alert } from "./alert";
import { Button } from "./button";
import type { DecisionOutcome, DecisionView, InPlace } from "./decision";
import { InPlaceContext } from "./decision-form";
import { DecisionBody, outcomeFor } from "./decision-body";
import { action, type ActionName } from "./staff-steps";
import { ThrowAway } from "./throw-away";
import { useToast } from "./toasts";
import { somethingTyped } from "./something-typed";

export interface Opening {
  jobId: string;
  name: ActionName;
  /** Takes the lock first; "force-unlock" needs none. */
  start: boolean;
}

type Answer = DecisionOutcome | InPlace;

export default function DecisionDialog({ opening, onClosed }: { opening: Opening; onClosed: () => void }) {
  const { jobId, name, start } = opening;
  const path = `/dashboard/jobs/${jobId}/${name}`;
  const starting = useFetcher<Answer>();
  const loading = useFetcher<DecisionView>();
  const sending = useFetcher<Answer>();
  const [open, setOpen] = useState(true);
  const toast = useToast();
  const { revalidate } = useRevalidator();
  const lock = useRef<string | null>(null);

  const finish = useCallback(
    (said?: { tone: "success" | "warning"; text: string }) => {
      if (said) toast(said.tone, said.text);
      setOpen(false);
      onClosed();
    },
    [onClosed, toast],
  );
  const close = useCallback(() => {
    finish();
    if (!lock.current) return;
    const body = new URLSearchParams({ intent: "release", lock_key: lock.current });
    void fetch(`/dashboard/jobs/${jobId}/lock`, { method: "POST", body, keepalive: true }).then(
      () => revalidate(),
      // Away: the board finds out by itself when it is back.
      () => undefined,
    );
  }, [finish, jobId, revalidate]);

  const panel = useRef<HTMLDivElement>(null);
  // What was sent once is what the form begins with afterwards, and still somebody's work.
  const typedBefore = useRef(false);
  const [asking, setAsking] = useState(false);
  const closeOrAsk = useCallback(() => {
    const form = panel.current?.querySelector<HTMLElement>("#decision, .kept");
    if (form && (typedBefore.current || somethingTyped(form))) setAsking(true);
    else close();
  }, [close]);
  const keep = useCallback(() => setAsking(false), []);

  // First the lock, then the job as it is under it.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    if (start)
      starting.submit({ intent: "start", script: "1", in_place: "1" }, { method: "post", action: path });
    else loading.load(path);
  }, [start, starting, loading, path]);
  const first = starting.data;
  const looked = useRef(false);
  useEffect(() => {
    if (!first || looked.current) return;
    looked.current = true;
    if (first.kind === "gone" || first.kind === "unsent")
      return finish({ tone: "warning", text: first.text });
    if (first.kind === "opened") lock.current = first.lock_key;
    loading.load(first.kind === "opened" ? `${path}?lock=${first.lock_key}` : path);
  }, [first, loading, path, finish]);
  const fresh = loading.data;
  const second = sending.data;
  // What the form stands on: an answer that never came changes nothing about it.
  const [answered, setAnswered] = useState<Answer>();
  const [formKey, setFormKey] = useState<string>();
  useEffect(() => {
    if (!second || sending.state !== "idle" || second.kind === "unsent") return;
    setAnswered(second);
    if (second.kind === "done") finish({ tone: "success", text: jobNamed(fresh, second.text) });
    else if (second.kind === "gone") finish({ tone: "warning", text: second.text });
    else if (second.kind === "closed") finish();
    else if (second.kind === "opened") {
      lock.current = second.lock_key;
      loading.load(`${path}?lock=${second.lock_key}`);
    }
    // The dialog itself says why it was refused; the card behind it has gone back to what it was.
    else {
      lock.current = second.held?.lock_key ?? null;
      // Nobody reads the job again after a refusal, but it is why there was one.
      if (!second.held) loading.load(path);
    }
    // Looked at again, it is another form: the one before may have been done.
    if (second.kind === "again") setFormKey(undefined);
    // The answer is taken once, when it comes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [second, sending.state]);

  // An answer takes the form along that was sent, and the focus with it.
  useEffect(() => {
    const within = panel.current;
    if (answered && !within?.contains(document.activeElement))
      within?.querySelector<HTMLElement>(".decision-notice")?.focus();
  }, [answered]);

  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (sending.state !== "idle") return;
    const form = event.currentTarget;
    const body = new FormData(form, (event.nativeEvent as SubmitEvent).submitter);
    // As closing does: the job is given back even if the page is left at once.
    if (body.get("intent") === "cancel") return closeOrAsk();
    typedBefore.current ||= somethingTyped(form);
    body.set("in_place", "1");
    body.set("script", "1");
    sending.submit(body, { method: "post", action: form.getAttribute("action")! });
  };

  // News on the board reads the job again. The form stays the one that was opened: pressed once more after an answer
  // that was lost, it is known by its key.
  if (fresh && formKey === undefined) setFormKey(fresh.form_key);
  const view = fresh && { ...fresh, form_key: formKey ?? fresh.form_key };
  // What the start was refused with stands until something was sent.
  const outcome = outcomeFor(answered) ?? outcomeFor(first);
  const busy = sending.state !== "idle";
  const unsent = !busy && second?.kind === "unsent" ? second.text : null;
  return (
    <Dialog open={open} onClose={closeOrAsk} className="dialog">
      <DialogBackdrop className="dialog-backdrop" />
      <div className="dialog-place">
        <DialogPanel className="dialog-panel" data-density="compact" ref={panel}>
          <div className="dialog-head">
            <DialogTitle className="text-xl font-bold">
              {action(name).label}
              {view && (
                <>
                  : job <span className="short-id">{view.job.short_id}</span>, {view.job.student_name}
                </>
              )}
            </DialogTitle>
            <Button type="button" tone="quiet" onClick={closeOrAsk}>
              Close
            </Button>
          </div>
          {view ? (
            <InPlaceContext.Provider value={{ send, close: closeOrAsk, busy, unsent }}>
              <DecisionBody view={view} outcome={outcome} key={answered ? "answered" : "fresh"} />
            </InPlaceContext.Provider>
          ) : (
            <Alert title="Taking the job for you …" live />
          )}
        </DialogPanel>
      </div>
      {asking && <ThrowAway keep={keep} away={close} />}
    </Dialog>
  );
}

/** The card leaves the list, so the word about it says whose it was. */
const jobNamed = (view: DecisionView | undefined, text: string) =>
  view && !text.includes(String(view.job.short_id)) ? `Job ${view.job.short_id}: ${text}` : text;
