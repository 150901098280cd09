/** The picture of a model: the size that the screen needs, loaded when it comes into view; or why there is none. */
import type { PictureView } from "@server/jobs/part-view.server";
import clsx from "clsx";

/** From this edge on a placeholder says its reason in sight. */
const ROOM_FOR_WORDS = 120;

export function ModelPicture({
  picture,
  src,
  file,
  edge,
  eager,
  className,
}: {
  picture: PictureView | null;
  /** Where the picture of this width lies. */
  src: (width: number) => string;
  /** The file's name, for the words and the placeholder. */
  file: string;
  /** Edge of the square it takes, CSS pixels. */
  edge: number;
  eager?: boolean;
  className?: string;
}) {
  if (!picture?.widths.length) {
    const why = picture?.problem ?? "The picture is being made.";
    if (edge < ROOM_FOR_WORDS) return <Placeholder file={file} why={why} edge={edge} className={className} />;
    return (
      <div className={className}>
        <Placeholder file={file} why={why} edge={edge} />
        <p className="picture-why text-sm text-soft" aria-hidden="true">
          {why}
        </p>
      </div>
    );
  }
  const fitting = picture.widths.find((width) => width >= edge) ?? picture.widths.at(-1)!;
  return (
    <img
      className={clsx("model-picture", className)}
      src={src(fitting)}
      srcSet={picture.widths.map((width) => `${src(width)} ${width}w`).join(", ")}
      sizes={`${edge}px`}
      width={edge}
      height={edge}
      alt={`Model in ${file}`}
      loading={eager ? undefined : "lazy"}
      decoding="async"
    />
  );
}

/** Where a staff page finds a picture. */
export const staffPicture = (picture: PictureView | null) => (width: number) =>
  `/pictures/${picture?.sha256}-${width}.png`;

/** Where a student's own page finds it. */
export const trackPicture = (reference: string) => (width: number) =>
  `/track/${encodeURIComponent(reference)}/picture/${width}`;

/** A box in outline with the file's ending; the reason is its title, and read out. */
function Placeholder({
  file,
  why,
  edge,
  className,
}: {
  file: string;
  why: string;
  edge: number;
  className?: string;
}) {
  const extension = /\.([^.]{1,5})$/.exec(file)?.[1]?.toLowerCase() ?? "file";
  return (
    <svg
      viewBox="0 0 56 56"
      width={edge}
      height={edge}
      className={clsx("glyph", className)}
      role="img"
      aria-label={`No picture: ${why}`}
    >
      <title>{why}</title>
      <path d="M28 8 44 16.5v17L28 42 12 33.5v-17zM12 16.5 28 25l16-8.5M28 25v17" />
      <text x="28" y="53" textAnchor="middle">
        {extension}
      </text>
    </svg>
  );
}
