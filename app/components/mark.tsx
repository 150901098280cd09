/** The sign over the door: a nozzle laying down the third layer. */
export function Mark({ size = 36 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
      className="text-accent"
    >
      <path
        d="M4.5 28.5h23M4.5 23.5h23M4.5 18.5H14"
        fill="none"
        stroke="currentColor"
        strokeLinecap="round"
        strokeWidth="3"
      />
      <path d="M8.5 1.5h15V8l-4.5 4.5v3.5h-6v-3.5L8.5 8z" fill="currentColor" />
    </svg>
  );
}
