/** Quotes a text for Envoy's RE2: punctuation by a backslash, controls by their code. */
export function quoteRe2(text: string): string {
  return text.replace(/[\p{Cc}!-/:-@[-`{-~]/gu, (mark) =>
    mark < " " || mark > "~" ? `\\x{${(mark.codePointAt(0) ?? 0).toString(16)}}` : `\\${mark}`,
  );
}

/** Envoy writes a colon in the name of a statistic as an underscore, `:/` and `://` as one. */
export function inStatName(name: string): string {
  return name.replace(/:\/?\/?/g, "_");
}
