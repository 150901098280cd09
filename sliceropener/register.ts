/** Makes `print3d:` links lead to this program, for this user; takes that back; and tells what is set. */
import type { Platform } from "./place";
import { linux } from "./register-linux";
import { mac } from "./register-mac";
import { windows } from "./register-windows";

export interface Registration {
  /** @param everybody for all users of the computer, which needs the rights for it @throws Error with a sentence */
  register(program: string, everybody: boolean): void;
  unregister(everybody: boolean): void;
  /** The program (with its arguments) that a link starts now, or null. */
  current(): string | null;
}

export function registrationOf(platform: Platform): Registration {
  return { win32: windows, linux, darwin: mac }[platform];
}
