/** Which slicer a person wants for which kind of file, kept per user. */
import fs from "node:fs";
import path from "node:path";

export class Choices {
  readonly #file: string;

  /** @param folder the user's own folder for this program; made when something is remembered */
  constructor(folder: string) {
    this.#file = path.join(folder, "choices.json");
  }

  /** @param extension with the dot @returns the slicer's name */
  get(extension: string): string | undefined {
    const value = this.#read()[extension];
    return typeof value === "string" ? value : undefined;
  }

  /** Remembers; a folder that cannot be written means the question comes again. */
  set(extension: string, slicer: string): void {
    try {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true });
      fs.writeFileSync(this.#file, `${JSON.stringify({ ...this.#read(), [extension]: slicer }, null, 2)}\n`);
    } catch {
      // asked again next time
    }
  }

  forget(): void {
    fs.rmSync(this.#file, { force: true });
  }

  #read(): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(fs.readFileSync(this.#file, "utf8"));
      return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }
}
