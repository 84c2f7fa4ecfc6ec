import { BACKSLASH, CLOSE, COMMA, EQUALS, isBlank, LF, OPEN, QUOTE } from "./byte-text.ts";

/** A series taken apart. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/**
 * Name and labels of a series as an exposition spells it; `null` when it is malformed. Names in quotes are taken too: a
 * metric's name may stand among the labels, which is how names that are not plain are written.
 */
export function parseSeries(text: string): Series | null {
  const labels: Record<string, string> = {};
  let at = endOfName(text, 0, true);
  let name = text.slice(0, at);
  at = skipBlanks(text, at);
  if (at === text.length) return name === "" ? null : { name, labels };
  const end = text.length - 1;
  if (text.charCodeAt(at) !== OPEN || text.charCodeAt(end) !== CLOSE) return null;
  at = skipBlanks(text, at + 1);
  while (at < end) {
    const isQuoted = text.charCodeAt(at) === QUOTE;
    const keyEnd = isQuoted ? endOfQuoted(text, at) : endOfName(text, at, false);
    if (keyEnd <= at) return null;
    const key = isQuoted ? unquoted(text, at, keyEnd) : text.slice(at, keyEnd);
    at = skipBlanks(text, keyEnd);
    if (text.charCodeAt(at) === EQUALS) {
      at = skipBlanks(text, at + 1);
      const valueEnd = endOfQuoted(text, at);
      if (valueEnd < 0) return null;
      labels[key] = unquoted(text, at, valueEnd);
      at = skipBlanks(text, valueEnd);
    } else if (isQuoted && name === "") name = key;
    else return null;
    if (at === end) break;
    if (text.charCodeAt(at) !== COMMA) return null;
    at = skipBlanks(text, at + 1);
  }
  return name === "" || at !== end ? null : { name, labels };
}

/** Where a plain name ends that begins here; the same place where none does. Metrics may have colons in theirs. */
function endOfName(text: string, start: number, takesColons: boolean): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (!isLetter && !(code === 58 && takesColons) && !(code >= 48 && code <= 57 && at > start)) break;
  }
  return at;
}

/** Behind the quote that ends the text in quotes that begins here; below 0 = there is none. */
function endOfQuoted(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return -1;
  let end = text.indexOf('"', at + 1);
  while (end > 0 && text[end - 1] === "\\" && isEscaped(text, end, at)) end = text.indexOf('"', end + 1);
  return end < 0 ? -1 : end + 1;
}

function isEscaped(text: string, quote: number, opening: number): boolean {
  let slashes = 0;
  while (quote - 1 - slashes > opening && text[quote - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

function unquoted(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes("\\") ? inner.replace(/\\(.)/g, unescape) : inner;
}

/** What is no escape stands for itself, as Prometheus reads it. */
function unescape(whole: string, character: string): string {
  if (character === "n") return "\n";
  return character === '"' || character === "\\" ? character : whole;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return at;
}

/** Where the blank behind the series begins; below 0 = there is no series in this line. */
export function endOfSeries(bytes: Buffer, start: number): number {
  const end = bytes.length;
  let at = start;
  let byte = bytes[at];
  while (at < end && byte !== OPEN && byte !== LF && !isBlank(byte)) byte = bytes[++at];
  let next = at;
  while (next < end && isBlank(bytes[next])) next++;
  if (next >= end || bytes[next] === LF) return -1;
  if (bytes[next] !== OPEN) return at;
  let isQuoted = false;
  for (at = next + 1; at < end; at++) {
    byte = bytes[at];
    if (byte === LF) return -1;
    if (isQuoted) {
      if (byte === BACKSLASH && bytes[at + 1] !== LF) at++;
      else if (byte === QUOTE) isQuoted = false;
    } else if (byte === QUOTE) isQuoted = true;
    else if (byte === CLOSE) return at + 1;
  }
  return -1;
}
