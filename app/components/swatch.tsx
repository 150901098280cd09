/** A dot of the filament's colour; the name beside it says which. An SVG, because style attributes are refused. */
export function Swatch({ hex, name }: { hex: string | null; name?: string }) {
  const dot = (
    <svg viewBox="0 0 18 18" className="swatch" aria-hidden="true" focusable="false">
      <circle cx="9" cy="9" r="8" fill={hex || "none"} />
    </svg>
  );
  if (!name) return dot;
  return (
    <span className="inline-flex items-center gap-2">
      {dot}
      {name}
    </span>
  );
}
