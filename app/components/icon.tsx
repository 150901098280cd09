/** Small line icons, drawn here so that nothing is fetched. They decorate: the words beside them carry the meaning. */
const PATHS = {
  alert:
    "M12 9v4m0 3.5v.01M10.4 4.3 2.6 18a1.8 1.8 0 0 0 1.6 2.7h15.6a1.8 1.8 0 0 0 1.6-2.7L13.6 4.3a1.85 1.85 0 0 0-3.2 0Z",
  error: "M12 7.5v5m0 3.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  info: "M12 11v5.5m0-9v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  check: "m4.5 12.5 5 5 10-11",
  done: "m8 12.3 2.8 2.8L16 9.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  cross: "m6 6 12 12M18 6 6 18",
  clock: "M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  inbox: "M3.5 13.5h4.6l1.4 2.5h5l1.4-2.5h4.6M6 5h12l2.5 8.5V19h-17v-5.5L6 5Z",
  layers: "M5 20h14M5 16h14M8 12h8M9.5 3.5h5v3L13 9h-2L9.5 6.5v-3Z",
  queue: "M4 6h10M4 12h10M4 18h6m7-12v12m0 0 3.5-3.5M17 18l-3.5-3.5",
  bag: "M5 8h14l1 12.5H4L5 8Zm4 3V7a3 3 0 0 1 6 0v4",
  box: "M3.5 4.5h17V9h-17V4.5ZM5 9v10.5h14V9m-9 4h4",
  file: "M6 3h8l4.5 4.5V21H6V3Zm8 0v4.5h4.5",
  mail: "M3.5 5.5h17v13h-17v-13Zm0 1 8.5 7 8.5-7",
  arrow: "M5 12h14m-6-6 6 6-6 6",
  external: "M14 4h6v6m0-6-9 9M18 13.5V20H4V6h6.5",
  lock: "M6 11h12v9.5H6V11Zm2.5 0V8a3.5 3.5 0 0 1 7 0v3",
  search: "m20 20-4.6-4.6M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z",
  cube: "M12 3 20 7.5v9L12 21l-8-4.5v-9L12 3Zm0 9 8-4.5M12 12 4 7.5M12 12v9",
  left: "M19 12H5m6-6-6 6 6 6",
  right: "M5 12h14m-6-6 6 6-6 6",
  up: "M12 19V5m-6 6 6-6 6 6",
  down: "M12 5v14m-6-6 6 6 6-6",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className={className}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
