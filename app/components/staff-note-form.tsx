/**
 * Adding a note where the job is shown. The form opens in place with a script: Ctrl+Enter saves, Escape closes and
 * keeps what was typed until it is saved or discarded. Without a script it is one link away, on the job's page.
 */
import type { StaffChoice } from "@server/staff/staff.server";
import { MAX_NOTE, MAX_NOTES_PER_JOB, noteLength, noteProblem } from "@server/jobs/note-limits";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { AtOnceRefusal } from "./at-once";
import { nameFieldId, noteFieldId } from "./at-once-fields";
import { AtOnceForm } from "./at-once-form";
import { Button, ButtonLink } from "./button";
import { TextAreaField } from "./field";
import { keepDraft, newFormKey, readDraft } from "./staff-note-draft";
import { StaffField } from "./staff-name-field";
import { useToast } from "./toasts";
import { useScript } from "./use-script";

interface Props {
  jobId: string;
  /** Characters that the job's notes have already. */
  used: number;
  staff: StaffChoice[];
  /** The key of a form that the server sends open; one that opens later makes its own. */
  formKey?: string;
  open?: boolean;
  refusal?: AtOnceRefusal;
}

const ANCHOR = "add-note";

/** The button, or the form that it opens. */
export function AddNote({ jobId, used, staff, formKey, open: sentOpen = false, refusal }: Props) {
  const script = useScript();
  const toast = useToast();
  const [open, setOpen] = useState(sentOpen);
  const [draft, setDraft] = useState("");
  const [key, setKey] = useState(formKey);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(open);
  useEffect(() => setDraft(readDraft(jobId)), [jobId]);
  useEffect(() => {
    // Whoever closes the form is back where they opened it.
    if (wasOpen.current && !open) opener.current?.focus();
    wasOpen.current = open;
  }, [open]);

  const close = (left: string) => {
    setDraft(left);
    setOpen(false);
  };
  return (
    <div id={ANCHOR} className="add-note">
      {open ? (
        <NoteForm
          jobId={jobId}
          used={used}
          staff={staff}
          formKey={key}
          refusal={refusal}
          draft={draft}
          onClose={close}
          onSaved={(text) => {
            keepDraft(jobId, "");
            close("");
            toast("success", text);
            setKey(undefined);
          }}
        />
      ) : script ? (
        <div className="flex flex-wrap gap-2">
          <button
            type="button"
            ref={opener}
            className="btn btn-neutral"
            aria-expanded={false}
            onClick={() => setOpen(true)}
          >
            {draft ? "Continue your note" : "Add note"}
          </button>
          {draft && (
            <Button
              type="button"
              tone="quiet"
              onClick={() => {
                keepDraft(jobId, "");
                setDraft("");
                opener.current?.focus();
              }}
            >
              Discard it
            </Button>
          )}
        </div>
      ) : (
        <ButtonLink tone="neutral" href={`/dashboard/jobs/${jobId}?note=open#${ANCHOR}`}>
          Add note
        </ButtonLink>
      )}
    </div>
  );
}

function NoteForm({
  jobId,
  used,
  staff,
  formKey,
  refusal,
  draft,
  onClose,
  onSaved,
}: Props & { draft: string; onClose: (left: string) => void; onSaved: (text: string) => void }) {
  const script = useScript();
  const field = noteFieldId(jobId);
  const [text, setText] = useState(refusal?.typed.notes ?? draft);
  // The same until the note is saved: sent again after a broken line, it is still one note.
  const [key, setKey] = useState(formKey ?? newFormKey);
  useEffect(() => {
    const control = document.getElementById(field) as HTMLTextAreaElement;
    // Typed before the script ran, or kept from before the page was left.
    if (control.value) setText(control.value);
    else if (readDraft(jobId)) setText((control.value = readDraft(jobId)));
    control.focus();
    control.setSelectionRange(control.value.length, control.value.length);
  }, [field, jobId]);

  const keys = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    }
    // A list that is open closes by the same key.
    if (event.key === "Escape" && !(event.target instanceof HTMLSelectElement)) {
      event.preventDefault();
      event.stopPropagation();
      onClose(text.trim() ? text : "");
    }
  };
  return (
    <AtOnceForm
      jobId={jobId}
      intent="note"
      anchor={ANCHOR}
      refusal={refusal}
      onKeyDown={keys}
      check={(form) => {
        const problem = noteProblem(String(form.get("notes")), used);
        return {
          ...(problem && { notes: [problem] }),
          ...(!form.get("staff_name") && { staff_name: ["Choose your name."] }),
        };
      }}
      onRefused={({ reason }) => {
        if (reason === "form_reused") setKey(newFormKey());
      }}
      onDone={onSaved}
    >
      {({ errors, busy }) => (
        <>
          <input type="hidden" name="form_key" defaultValue={key} autoComplete="off" />
          <TextAreaField
            name="notes"
            id={field}
            label="Note"
            hint={<Counter text={text} used={used} />}
            rows={4}
            required
            error={errors.notes}
            defaultValue={refusal?.typed.notes ?? draft}
            onInput={(event) => {
              setText(event.currentTarget.value);
              keepDraft(jobId, event.currentTarget.value);
            }}
          />
          <StaffField
            staff={staff}
            id={nameFieldId({}, jobId)}
            fields={{ value: () => refusal?.typed.staff_name ?? "", errors }}
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button busy={busy}>Save note</Button>
            {script ? (
              <Button type="button" tone="neutral" onClick={() => onClose(text.trim() ? text : "")}>
                Close
              </Button>
            ) : (
              <ButtonLink tone="neutral" href={`/dashboard/jobs/${jobId}#notes`}>
                Close
              </ButtonLink>
            )}
            {script && <span className="text-sm text-soft">Ctrl+Enter saves, Escape closes</span>}
          </div>
        </>
      )}
    </AtOnceForm>
  );
}

/** What is typed, of what fits; and how much the job's notes have in all. */
function Counter({ text, used }: { text: string; used: number }) {
  const typed = noteLength(text);
  const most = Math.max(0, Math.min(MAX_NOTE, MAX_NOTES_PER_JOB - used));
  return (
    <>
      For staff only; never changed afterwards.{" "}
      <span className={typed > most ? "font-bold text-danger" : undefined}>
        {typed} of {most} characters
      </span>
      {used > 0 && `; the job's notes have ${used} of ${MAX_NOTES_PER_JOB}`}.
    </>
  );
}
