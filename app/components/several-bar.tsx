/**
 * Several jobs at once, on the list: a box a job, and a bar below the list with what their status allows. As
 * soon as a job is chosen the bar stays in sight. A plain GET form: the next page shows what was chosen and asks who.
 */
import type { JobCard } from "@server/jobs/card.server";
import { severalFrom } from "@server/jobs/several";
import { useEffect, useRef } from "react";
import { Button } from "./button";
import { listHref, type ListPlace } from "./staff-list";
import { action } from "./staff-steps";
import { chooseAll, SEVERAL_FORM, useChosen } from "./use-chosen";

/** Chooses one job; `named` writes the word beside the box. */
export function ChooseJob({
  job,
  named,
}: {
  job: Pick<JobCard, "id" | "short_id" | "student_name">;
  named?: boolean;
}) {
  return (
    <label className="choose-job">
      <input type="checkbox" name="job" value={job.id} form={SEVERAL_FORM} />
      <span className={named ? undefined : "sr-only"}>
        Choose
        <span className="sr-only">
          {" "}
          job {job.short_id}, {job.student_name}
        </span>
      </span>
    </label>
  );
}

/** Ticks all boxes of the page or none; there only with a script. */
export function ChooseAll() {
  const count = useChosen();
  const box = useRef<HTMLInputElement>(null);
  const chosen = count?.chosen ?? 0;
  const all = count?.all ?? 0;
  useEffect(() => {
    if (!box.current) return;
    box.current.checked = all > 0 && chosen === all;
    box.current.indeterminate = chosen > 0 && chosen < all;
  }, [chosen, all]);
  return (
    <label className="choose-job with-script">
      <input
        type="checkbox"
        ref={box}
        disabled={count === null}
        onChange={(event) => chooseAll(event.currentTarget.checked)}
      />
      Choose all on this page
    </label>
  );
}

/** The bar. Nothing where the status has no step that fits several jobs. */
export function SeveralBar({ place }: { place: ListPlace }) {
  const count = useChosen();
  const steps = severalFrom(place.status);
  if (steps.length === 0) return null;
  const none = count?.chosen === 0;
  const chosen = count && !none ? `${count.chosen} chosen` : "";
  return (
    <form
      id={SEVERAL_FORM}
      method="get"
      action="/dashboard/several"
      className="several-bar"
      aria-label="Several jobs at once"
    >
      <input type="hidden" name="list" value={listHref(place).split("?")[1]} />
      <p className="font-semibold">{count === null ? "The chosen jobs:" : chosen || "No jobs chosen"}</p>
      {/* Empty while nothing is chosen, so that opening the page says nothing. */}
      <p className="sr-only" role="status">
        {chosen}
      </p>
      {steps.map((name) => (
        <Button key={name} name="action" value={name} tone={none ? "neutral" : "primary"} disabled={none}>
          {action(name).label}
        </Button>
      ))}
      {count !== null && !none && (
        <Button type="button" tone="quiet" aria-label="Clear the choice" onClick={() => chooseAll(false)}>
          Clear
        </Button>
      )}
    </form>
  );
}
