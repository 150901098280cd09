/** What an action that is done in one press and its form say to each other. Types only. */

export type AtOnceIntent = "note" | "retry-mail";

/** It was not done: why, per field where it is about one, and what was typed. */
export interface AtOnceRefusal {
  message: string;
  fields: Record<string, string[]>;
  /** The refusal's reason; `locked` while somebody else holds the job. */
  reason: string;
  typed: Record<string, string>;
}

/** The answer to a script. */
export type AtOnceAnswer = { done: string } | AtOnceRefusal;
