/** Times and money, the same everywhere. Zones come from the lab's settings unless given. */
import { ageBand, formatAge, formatDateTime, type AgeBand } from "@server/time";
import { formatCents } from "@server/jobs/pricing";
import { useLab } from "./lab";

/** A moment in the lab's zone; machines read UTC. */
export function Time({ at, zone }: { at: Date | string; zone?: string }) {
  const lab = useLab();
  return <time dateTime={new Date(at).toISOString()}>{formatDateTime(at, zone ?? lab.time_zone)}</time>;
}

/** What the colour of an age says, in words. */
export const AGE_WORDS: Record<AgeBand, string> = {
  fresh: "less than a day",
  day: "more than a day",
  "two-days": "more than two days",
  late: "more than three days",
};

const BARS: Record<AgeBand, number> = { fresh: 1, day: 2, "two-days": 3, late: 4 };

/** How long something waits: words, a colour and one to four bars. The exact time is on hover and read aloud. */
export function Age({ at, now, zone }: { at: Date | string; now: Date | string; zone?: string }) {
  const lab = useLab();
  const band = ageBand(at, now);
  const exact = formatDateTime(at, zone ?? lab.time_zone);
  return (
    <time className={`age age-${band}`} dateTime={new Date(at).toISOString()} title={exact}>
      <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((i) => (
          <rect
            key={i}
            x={i * 4}
            y={9 - i * 3}
            width="3"
            height={3 + i * 3}
            rx="0.75"
            fill="currentColor"
            opacity={i < BARS[band] ? 1 : 0.25}
          />
        ))}
      </svg>
      {formatAge(at, now)}
      <span className="sr-only">
        {" "}
        ({AGE_WORDS[band]}, since {exact})
      </span>
    </time>
  );
}

/** Cents as money; a dash while there is no price. */
export function Money({ cents, none = "not set yet" }: { cents: number | null | undefined; none?: string }) {
  if (cents === null || cents === undefined) return <span className="font-normal text-soft">{none}</span>;
  return <span className="money">{formatCents(cents)}</span>;
}
