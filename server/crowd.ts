/**
 * Sending a crowd away so that it does not come back as one. Pure, but for the random number.
 * Everybody told "in half a minute" returns in the same second, and all but a few are sent away again.
 */
import { Refusal } from "./errors";

/** How many are counted as sent away: those of the last minute. */
const WINDOW_MS = 60_000;

/** When somebody may come back, in seconds; whoever is told later gives up, and even a few are spread a little. */
const BACK = { soonest: 20, latest: 600, spread: 20 };

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
    const { soonest, latest, spread } = BACK;
    // More than can be spread until then are spread until then all the same, and not told to come at its end together.
    return Math.round(soonest + Math.min(latest - soonest, Math.max(spread, needed)) * chance);
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
