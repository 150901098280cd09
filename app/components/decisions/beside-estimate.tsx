import { formatCents } from "@server/format";
import { deviationText } from "@server/payments/deviation";

/** The estimate, and how far the price is from it. */
export function BesideEstimate({
  price,
  estimate,
  far,
}: {
  price: number | null;
  estimate: number | null;
  far: boolean;
}) {
  if (estimate === null) return null;
  const words = price === null ? null : deviationText(price, estimate);
  return (
    <p className={far ? "font-semibold text-caution" : "text-soft"}>
      Estimate: {formatCents(estimate)}
      {words && <>. This is {words}</>}.
    </p>
  );
}
