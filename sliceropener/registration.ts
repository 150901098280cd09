/** What each system must be able to do for `print3d:` links. */
export interface Registration {
  /** @param everybody for all users of the computer, which needs the rights for it @throws Error with a sentence */
  register(program: string, everybody: boolean): void;
  unregister(everybody: boolean): void;
  /** The program (with its arguments) that a link starts now, or null. */
  current(): string | null;
}
