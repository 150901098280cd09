/** How each part of the system is, at a glance: a word and a mark before any colour. */
import type { CardState, HealthCard } from "@server/health/cards";
import { FactList } from "./facts";
import { Icon, type IconName } from "./icon";
import { Time } from "./time";
import { useRefresh } from "./use-refresh";

/** What a state is called, and its mark. */
const STATES: Record<CardState, { word: string; icon: IconName }> = {
  ok: { word: "OK", icon: "done" },
  unknown: { word: "Unknown", icon: "info" },
  warning: { word: "Warning", icon: "alert" },
  critical: { word: "Critical", icon: "error" },
};

/**
 * @param now when the cards were measured; with a script they are measured again by themselves
 */
export function HealthCards({ cards, now }: { cards: readonly HealthCard[]; now: string }) {
  const reached = useRefresh(now);
  return (
    <>
      <p className={reached ? "mb-3 text-soft" : "mb-3 font-semibold text-caution"}>
        {!reached && "The server does not answer; trying again. "}
        Measured on <Time at={now} />.
      </p>
      <ul className="health-cards">
        {cards.map((card) => (
          <li key={card.key} className={`card health-card health-${card.state}`}>
            <div className="health-head">
              <h3 className="card-title">{card.title}</h3>
              <HealthState state={card.state} />
            </div>
            <p className="health-words">{card.words}</p>
            <FactList facts={card.facts} />
          </li>
        ))}
      </ul>
    </>
  );
}

export function HealthState({ state }: { state: CardState }) {
  const { word, icon } = STATES[state];
  return (
    <span className={`health-state health-state-${state}`}>
      <Icon name={icon} />
      {word}
    </span>
  );
}
