import clsx from "clsx";
import { STATUS, type Status } from "@server/jobs/states";
import { Icon, type IconName } from "./icon";

const LOOK: Record<Status, { tone: string; icon: IconName }> = {
  UPLOADED: { tone: "accent", icon: "inbox" },
  PENDING: { tone: "caution", icon: "clock" },
  READYTOPRINT: { tone: "accent", icon: "queue" },
  PRINTING: { tone: "busy", icon: "layers" },
  COMPLETED: { tone: "good", icon: "check" },
  PAIDPICKEDUP: { tone: "good", icon: "bag" },
  REJECTED: { tone: "danger", icon: "cross" },
  ARCHIVED: { tone: "plain", icon: "box" },
};

/** The status in words, with its sign and colour. */
export function StatusBadge({ status, label }: { status: Status; label?: string }) {
  const { tone, icon } = LOOK[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label ?? STATUS[status].label}
    </Badge>
  );
}

/** Any other short mark: NEW, locked, inactive. Tones: plain, accent, good, caution, heat, danger, busy. */
export function Badge({
  tone = "plain",
  icon,
  children,
}: {
  tone?: string;
  icon?: IconName;
  children: React.ReactNode;
}) {
  return (
    <span className={clsx("badge", tone !== "plain" && `badge-${tone}`)}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}
