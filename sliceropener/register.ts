/** Makes `print3d:` links lead to this program, for this user; takes that back; and tells what is set. */
import type { Platform } from "./place";
import { linux } from "./register-linux";
import { mac } from "./register-mac";
import { windows } from "./register-windows";
import type { Registration } from "./registration";

export function registrationOf(platform: Platform): Registration {
  return { win32: windows, linux, darwin: mac }[platform];
}
