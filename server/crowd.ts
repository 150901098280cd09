/**
 * Sending a crowd away so that it does not come back as one. Pure, but for the random number.
 * Everybody told "in half a minute" returns in the same second, and all but a few are sent away again.
 */
import { Refusal } from "./errors";

/** Soonest return, seconds. */
const SOONEST = 20;
/** Latest return, seconds; whoever is told later gives up. */
const LATEST = 600;
/** How many are counted as sent away: those of the last minute. */
const WINDOW_MS = 60_000;

/** Those whom one gate of this process has sent away lately. */
export class Crowd {
  #sentAway: number[] = [];

  /**
   * @param perSecond how many the gate lets through in a second when it is busy; a cautious guess
   */
  constructor(private readonly perSecond: number) {}

  /** Seconds after which one more may come back: any moment within the time that all of them need. */
  comeBackIn(now = Date.now(), chance = Math.random()): number {
    this.#sentAway = this.#sentAway.filter((at) => at > now - WINDOW_MS && at <= now);
    this.#sentAway.push(now);
    const needed = this.#sentAway.length / this.perSecond;
    return Math.round(Math.min(LATEST, SOONEST + Math.max(SOONEST, needed) * chance));
  }

  /** The refusal of one more. @param why a sentence */
  sendAway(why: string): Refusal {
    const retryAfterSeconds = this.comeBackIn();
    const minutes = Math.ceil(retryAfterSeconds / 60);
    return new Refusal(
      "unavailable",
      `${why} Please send the form again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
      { reason: "busy", retryAfterSeconds },
    );
  }
}
