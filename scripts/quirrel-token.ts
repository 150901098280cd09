/**
 * Keeps a valid Quirrel token in a file.
 *
 * Quirrel signs what it delivers with a token that it makes itself, and forgets all tokens when it
 * restarts in memory. A process's environment cannot change, so the token in force is always in the
 * file; whoever enqueues or checks a signature reads it there (`QUIRREL_TOKEN_FILE`). Deliveries are
 * signed with the newest token, so one token is enough at any time.
 */
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The name under which Quirrel knows us; part of every queue's name, so it must not change. */
export const TOKEN_ID = "printdesk";

export interface QuirrelTokenOptions {
  /** Asked each time: Quirrel may have moved to another port. */
  apiUrl: () => string;
  passphrase: string;
  file: string;
  say: (line: string) => void;
}

/** Watches Quirrel and issues a new token whenever the one in the file is not accepted. */
export class QuirrelToken {
  private stopped = false;
  private valid = false;
  private wake = new AbortController();
  private firstValid: () => void = () => {};
  /** Settles when the first token is in the file. */
  readonly ready = new Promise<void>((resolve) => (this.firstValid = resolve));

  constructor(private readonly options: QuirrelTokenOptions) {}

  /** Starts watching; returns at once. */
  start(): void {
    void this.watch();
  }

  stop(): void {
    this.stopped = true;
    this.wake.abort();
  }

  /** Quirrel was restarted: look at once. */
  check(): void {
    this.valid = false;
    this.wake.abort();
  }

  /** The token in force, if there is one. */
  get token(): string | undefined {
    try {
      return fs.readFileSync(this.options.file, "utf8").trim() || undefined;
    } catch {
      return undefined;
    }
  }

  private async watch(): Promise<void> {
    let refused = false;
    while (!this.stopped) {
      this.wake = new AbortController();
      try {
        const token = this.token;
        if (!token || !(await this.accepted(token))) await this.issue();
        this.valid = true;
        this.firstValid();
      } catch (error) {
        this.valid = false;
        if ((error as Error).name === "Refused" && !refused) {
          refused = true;
          this.options.say(
            "Quirrel does not accept QUIRREL_PASSPHRASE; background work runs once a minute instead.",
          );
        }
      }
      const pause = this.valid ? 15_000 : refused ? 5000 : 250;
      await sleep(pause, undefined, { signal: this.wake.signal, ref: false }).catch(() => {});
    }
  }

  private async accepted(token: string): Promise<boolean> {
    const response = await fetch(`${this.options.apiUrl()}/queues/${TOKEN_ID}-probe`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(2000),
    });
    await response.body?.cancel();
    if (response.status === 401) return false;
    if (response.status >= 500) throw new Error(`Quirrel answers ${response.status}`);
    return true;
  }

  private async issue(): Promise<void> {
    const { apiUrl, passphrase, file } = this.options;
    const response = await fetch(`${apiUrl()}/tokens/${TOKEN_ID}`, {
      method: "PUT",
      headers: { authorization: `Basic ${Buffer.from(`${TOKEN_ID}:${passphrase}`).toString("base64")}` },
      signal: AbortSignal.timeout(2000),
    });
    const token = (await response.text()).trim();
    if (response.status !== 201)
      throw Object.assign(new Error(`Quirrel answers ${response.status}`), {
        name: [400, 401, 403, 500].includes(response.status) ? "Refused" : "Error",
      });
    fs.writeFileSync(`${file}.tmp`, `${token}\n`, { mode: 0o600 });
    fs.renameSync(`${file}.tmp`, file);
  }
}
