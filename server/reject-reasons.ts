/** Why the lab cannot print a model: codes, and the sentences that staff choose and students read. Pure: no I/O. */

export const REJECT_REASONS = {
  not_watertight: "The model is not watertight or has broken geometry.",
  too_large: "The model is too large for the chosen printer.",
  too_small: "The model or its details are too small to print.",
  wrong_scale: "The scale looks wrong; models must be in millimeters.",
  thin_walls: "The walls are too thin for the chosen method.",
  needs_supports: "The model cannot be printed without redesign (overhangs or supports).",
  wrong_file: "The file is not the right one or does not contain a printable model.",
  not_allowed: "The lab cannot print this object.",
} as const;
export type RejectReason = keyof typeof REJECT_REASONS;
