/** How long the steps of one answer took, in the words of the standard `Server-Timing` header. Pure. */
export class Timing {
  #steps: [name: string, milliseconds: number][] = [];
  #since = performance.now();

  /** A step ends now; it began where the one before ended. */
  ended(step: string): void {
    const now = performance.now();
    this.#steps.push([step, now - this.#since]);
    this.#since = now;
  }

  /** "receive;dur=181.3, check;dur=4.1" */
  toString(): string {
    return this.#steps.map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(1)}`).join(", ");
  }
}
