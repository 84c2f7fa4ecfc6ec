/** What was wrong with an exposition; the rest of it was used. */
export interface ExpositionTrouble {
  /** Lines that are no samples. */
  malformed: number;
  /** Samples whose value is NaN or infinite: nothing is known of them. */
  notFinite: number;
  /** The first malformed line, cut, for the person who mends it. */
  firstMalformed: string | null;
}

const SHOWN_LENGTH = 80;

/**
 * Reads Prometheus' text format 0.0.4 line by line. `onSample` gets the series as it is written (name and labels) and
 * a finite value. Written for polling: the caller looks a series up by its text and parses it once, with `parseSeries`.
 * A malformed line is counted and costs only itself.
 */
export function readExposition(text: string, onSample: (series: string, value: number) => void): ExpositionTrouble {
  const trouble: ExpositionTrouble = { malformed: 0, notFinite: 0, firstMalformed: null };
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    if (end > start && text.charCodeAt(start) !== HASH) readLine(text.slice(start, end), onSample, trouble);
    start = end + 1;
  }
  return trouble;
}

const HASH = 35;

function readLine(line: string, onSample: (series: string, value: number) => void, trouble: ExpositionTrouble): void {
  const brace = line.lastIndexOf("}");
  const split = brace >= 0 ? brace + 1 : line.includes("{") ? 0 : line.indexOf(" ");
  const value = split > 0 ? valueOf(line.slice(split)) : undefined;
  if (value === undefined) {
    if (line.trim() === "") return;
    trouble.malformed += 1;
    trouble.firstMalformed ??= line.slice(0, SHOWN_LENGTH);
  } else if (value === null) trouble.notFinite += 1;
  else onSample(line.slice(0, split), value);
}

const NUMBER = /^[ \t]+([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:[ \t]+-?\d+)?[ \t\r]*$/;
const NOT_FINITE = /^[ \t]+(?:[+-]?Inf|NaN)(?:[ \t]+-?\d+)?[ \t\r]*$/i;

/** `null` = not finite, `undefined` = not a number at all. */
function valueOf(rest: string): number | null | undefined {
  const number = NUMBER.exec(rest)?.[1];
  if (number !== undefined) {
    const value = Number(number);
    return Number.isFinite(value) ? value : null;
  }
  return NOT_FINITE.test(rest) ? null : undefined;
}

/** A series taken apart. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
}

const SERIES = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?$/s;
const LABEL = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\\n]|\\.)*)"[ \t]*(?:,[ \t]*|$)/gy;

/** Name and labels of a series as `readExposition` hands it out; `null` when it is malformed. */
export function parseSeries(text: string): Series | null {
  const [, name, inner = ""] = SERIES.exec(text) ?? [];
  if (name === undefined) return null;
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, label, value] = LABEL.exec(inner) ?? [];
    if (label === undefined || value === undefined) return null;
    labels[label] = value.replace(/\\(.)/g, unescape);
  }
  return { name, labels };
}

function unescape(whole: string, character: string): string {
  if (character === "n") return "\n";
  return character === '"' || character === "\\" ? character : whole;
}
