import clsx from "clsx";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

export type AlertTone = "info" | "success" | "warning" | "error";

const ICON: Record<AlertTone, IconName> = { info: "info", success: "done", warning: "alert", error: "error" };

/** A message that belongs to the page. `live` announces it when it appears. */
export function Alert({
  tone = "info",
  title,
  live,
  className,
  children,
}: {
  tone?: AlertTone;
  title?: string;
  live?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div
      className={clsx("alert", `alert-${tone}`, className)}
      role={live ? (tone === "error" ? "alert" : "status") : undefined}
    >
      <Icon name={ICON[tone]} />
      {title && <p className="alert-title">{title}</p>}
      {children && <div className="alert-body">{children}</div>}
    </div>
  );
}

/** The visible result of what was just done: one sentence, carried over a redirect. */
export function Flash({ message }: { message: { tone: AlertTone; text: string } | null | undefined }) {
  return message ? <Alert tone={message.tone} title={message.text} live /> : null;
}
