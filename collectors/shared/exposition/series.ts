/** A series taken apart. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
}

const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const BLANKS = /[ \t]*/y;

/**
 * Name and labels of a series as an exposition spells it; `null` when it is malformed. Names in quotes are taken too: a
 * metric's name may stand among the labels, which is how names that are not plain are written.
 */
export function parseSeries(text: string): Series | null {
  const labels: Record<string, string> = {};
  let name = match(NAME, text, 0);
  let at = skip(text, name.length);
  if (at === text.length) return name === "" ? null : { name, labels };
  if (text[at] !== "{" || !text.endsWith("}")) return null;
  const end = text.length - 1;
  at = skip(text, at + 1);
  while (at < end) {
    const key = text[at] === '"' ? readQuoted(text, at) : plain(match(LABEL_NAME, text, at));
    if (key === null) return null;
    at = skip(text, at + key.length);
    if (text[at] === "=") {
      at = skip(text, at + 1);
      const value = readQuoted(text, at);
      if (value === null) return null;
      labels[key.text] = value.text;
      at = skip(text, at + value.length);
    } else if (text[at - 1] === '"' && name === "") name = key.text;
    else return null;
    if (at === end) break;
    if (text[at] !== ",") return null;
    at = skip(text, at + 1);
  }
  return name === "" || at !== end ? null : { name, labels };
}

interface Token {
  text: string;
  /** How many characters it takes where it stands. */
  length: number;
}

function plain(text: string): Token | null {
  return text === "" ? null : { text, length: text.length };
}

/** `null` where no text in quotes begins, or none ends. */
function readQuoted(text: string, at: number): Token | null {
  if (text[at] !== '"') return null;
  let end = text.indexOf('"', at + 1);
  while (end > 0 && isEscaped(text, end, at)) end = text.indexOf('"', end + 1);
  if (end < 0) return null;
  const inner = text.slice(at + 1, end);
  if (inner.includes("\n")) return null;
  return { text: inner.includes("\\") ? inner.replace(/\\(.)/g, unescape) : inner, length: end + 1 - at };
}

function isEscaped(text: string, quote: number, opening: number): boolean {
  let slashes = 0;
  while (quote - 1 - slashes > opening && text[quote - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

/** What is no escape stands for itself, as Prometheus reads it. */
function unescape(whole: string, character: string): string {
  if (character === "n") return "\n";
  return character === '"' || character === "\\" ? character : whole;
}

function skip(text: string, at: number): number {
  return at + match(BLANKS, text, at).length;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
