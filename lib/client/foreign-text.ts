/** A piece of a text from outside: shown as it is, or, where it is a character that hides or reorders text, its code point. */
export interface TextPart {
  text: string;
  isCodePoint: boolean;
}

/**
 * Controls (C0, C1), marks that reorder text (Unicode bidirectional controls: an isolate or override that is never closed
 * reaches beyond any element around it, UAX 9), zero-width characters, line and paragraph separators, halves of pairs.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** `hasLines`: line breaks and tabs are what they are, as in a stack trace. */
export function foreignParts(text: string, hasLines = false): TextPart[] {
  if (!DECEPTIVE.test(text)) return text === "" ? [] : [{ text, isCodePoint: false }];
  const parts: TextPart[] = [];
  let plain = "";
  for (const character of hasLines ? text.replaceAll("\r\n", "\n") : text) {
    if (!DECEPTIVE.test(character) || (hasLines && (character === "\n" || character === "\t"))) {
      plain += character;
      continue;
    }
    if (plain !== "") parts.push({ text: plain, isCodePoint: false });
    plain = "";
    parts.push({ text: codePointWords(character), isCodePoint: true });
  }
  return plain === "" ? parts : [...parts, { text: plain, isCodePoint: false }];
}

/** The same as one text, for a label: `a U+202E b` where the character stood between two letters. */
export function foreignWords(text: string): string {
  return foreignParts(text)
    .map((part) => (part.isCodePoint ? ` ${part.text} ` : part.text))
    .join("")
    .replaceAll("  ", " ")
    .trim();
}

function codePointWords(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
