import { Time } from "./time";

/** What happened when; the newest comes last and is marked. */
export function Timeline({ entries }: { entries: readonly { at: string; title: string; text?: string }[] }) {
  return (
    <ol className="timeline">
      {entries.map((entry, i) => (
        <li key={`${entry.at} ${entry.title}`} aria-current={i === entries.length - 1 ? "step" : undefined}>
          <p className="font-bold">{entry.title}</p>
          {entry.text && <p>{entry.text}</p>}
          <p className="text-sm text-soft">
            <Time at={entry.at} />
          </p>
        </li>
      ))}
    </ol>
  );
}
