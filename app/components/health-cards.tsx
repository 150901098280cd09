/** How each part of the system is, at a glance: a word and a mark before any colour. */
import type { CardState, HealthCard } from "@server/health/cards";
import { FactList } from "./facts";
import { Icon, type IconName } from "./icon";

/** What a state is called, and its mark. */
const STATES: Record<CardState, { word: string; icon: IconName }> = {
  ok: { word: "OK", icon: "done" },
  unknown: { word: "Unknown", icon: "info" },
  warning: { word: "Warning", icon: "alert" },
  critical: { word: "Critical", icon: "error" },
};

export function HealthCards({ cards }: { cards: readonly HealthCard[] }) {
  return (
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
