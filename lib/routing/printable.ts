/**
 * Controls, line breaks, and the marks that reorder or hide text (Unicode bidirectional controls, zero-width characters):
 * a name that holds them could make a sentence say something else than it does.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const MAX_NAME = 120;

/** A foreign name, safe to stand inside a sentence: deceptive characters spelled out as `\u{…}`, length bounded. */
export function printable(name: string): string {
  const spelled = name.replace(DECEPTIVE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return spelled.length <= MAX_NAME ? spelled : `${spelled.slice(0, MAX_NAME)}…`;
}
