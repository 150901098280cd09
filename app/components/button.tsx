import clsx from "clsx";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";

/** One `primary` a page; `danger` for what cannot be undone; `quiet` for what is beside the point. */
export type ButtonTone = "primary" | "neutral" | "danger" | "quiet";

interface Look {
  tone?: ButtonTone;
  /** Full width on a phone. */
  wide?: boolean;
  children: ReactNode;
}

const look = (tone: ButtonTone = "primary", wide?: boolean, more?: string) =>
  clsx("btn", `btn-${tone}`, wide && "btn-wide", more);

/** A button. `busy` shows that it is working; what must not happen twice is also refused by the server. */
export function Button({
  tone,
  wide,
  busy,
  className,
  children,
  type = "submit",
  ...rest
}: Look & { busy?: boolean } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type={type} className={look(tone, wide, className)} aria-disabled={busy || undefined} {...rest}>
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  tone,
  wide,
  className,
  children,
  ...rest
}: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a className={look(tone, wide, className)} {...rest}>
      {children}
    </a>
  );
}
