/** "Something needs you", and "it is over": to the person who looks after the system. Pure: no I/O. */
import { facts, labTime, type Letter } from "./letter";

export interface AlertToTell {
  title: string;
  message: string;
  severity: "warning" | "critical";
  raised_at: Date;
  cleared_at: Date | null;
  /** The letter tells that it is over. */
  over: boolean;
}

/** The letter about an alert. */
export function alertLetter(alert: AlertToTell, extras: { health_url: string; time_zone: string }): Letter {
  const { title, message, severity, raised_at, cleared_at, over } = alert;
  return {
    subject: over ? `Over: ${title}` : severity === "critical" ? `Critical: ${title}` : `Warning: ${title}`,
    blocks: [
      { kind: "heading", text: over ? `It is over: ${title}` : title },
      {
        kind: "paragraph",
        text: over
          ? "What this alert was about has been back to normal for a while. Nothing is left to do."
          : message,
      },
      facts([
        ["Since", labTime(raised_at, extras.time_zone)],
        ["Until", over && cleared_at ? labTime(cleared_at, extras.time_zone) : null],
        ["Severity", severity === "critical" ? "Critical" : "Warning"],
      ]),
      { kind: "button", label: "Look at the system's health", url: extras.health_url },
    ],
  };
}
