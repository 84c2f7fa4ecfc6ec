import { foreignParts, foreignWords } from "#lib/client/foreign-text.ts";

export interface ForeignTextProps {
  text: string;
  className?: string | undefined;
  /** A tooltip; it is text from outside too. */
  title?: string | undefined;
  /** Its line breaks and tabs are meant, as in a stack trace. */
  hasLines?: boolean;
}

/** Text that somebody else wrote. Whatever is in it, it does not reorder the words around it, and hides nothing. */
export function ForeignText({ text, className, title, hasLines = false }: ForeignTextProps) {
  return (
    <bdi className={className} title={title === undefined ? undefined : foreignWords(title)}>
      {foreignParts(text, hasLines).map((part, index) =>
        part.isCodePoint ? (
          <span key={index} className="mx-px rounded-[2px] bg-warn-bg px-0.5 font-mono text-[0.9em] text-warn-text">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
