/** A text that the lab writes, as paragraphs: a blank line parts them, `**…**` is bold, `{name}` stands for something. */
import { Fragment, type ReactNode } from "react";

/** One paragraph's text with its bold parts and placeholders put in. */
export function ProseLine({ text, values }: { text: string; values: Readonly<Record<string, ReactNode>> }) {
  return (
    <>
      {text.split(/(\*\*[^*]+\*\*)/).map((part, at) =>
        part.startsWith("**") && part.endsWith("**") && part.length > 4 ? (
          <strong key={at}>
            <Filled text={part.slice(2, -2)} values={values} />
          </strong>
        ) : (
          <Filled key={at} text={part} values={values} />
        ),
      )}
    </>
  );
}

function Filled({ text, values }: { text: string; values: Readonly<Record<string, ReactNode>> }) {
  return (
    <>
      {text.split(/(\{[^{}\n]*\})/).map((part, at) => {
        const name = part.slice(1, -1);
        const known = part.startsWith("{") && Object.hasOwn(values, name);
        return <Fragment key={at}>{known ? values[name] : part}</Fragment>;
      })}
    </>
  );
}

/** All paragraphs. A space ends each but the last, so that the text reads as one. */
export function Prose({
  text,
  values,
  className,
}: {
  text: string;
  values: Readonly<Record<string, ReactNode>>;
  className?: string;
}) {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim());
  return (
    <>
      {paragraphs.map((paragraph, at) => (
        <p key={at} className={className}>
          <ProseLine text={paragraph.trim()} values={values} />
          {at < paragraphs.length - 1 && " "}
        </p>
      ))}
    </>
  );
}
