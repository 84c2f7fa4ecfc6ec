import { isMap, isScalar, type Document, type Pair, type Scalar } from "yaml";

import { WeftError } from "#lib/model/errors.ts";

import type { NodePath } from "./node-path.ts";
import type { FileFormat } from "./parse-document.ts";

/** A piece of a text and what comes in its place. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** An edit that puts one value in the place of another. */
export interface ValueEdit extends TextEdit {
  /** Where the value stands in the data, and what it must be there afterwards. */
  path: NodePath;
  value: string | number;
}

/** Letters, digits and dashes: the same text in every style of quoting, never taken for a number or a date. */
const MARKER = /^weft-[A-Za-z0-9-]{1,100}$/;

/** Why a text cannot be written as a version; `null` when it can. */
export function refuseMarker(marker: string): WeftError | null {
  if (MARKER.test(marker)) return null;
  return new WeftError("INVALID", `${JSON.stringify(marker)} cannot be written as a version.`, {
    field: "marker",
    mend: "Use weft- and then letters, digits and dashes.",
  });
}

/** Why a file cannot be edited in place, with the way that is left. */
export function unsupportedEdit(reason: string): WeftError {
  return new WeftError("UNSUPPORTED", reason, { mend: "Change the file by hand, then plan again." });
}

/** A file as parsed, with positions in its text. */
export interface EditedText {
  text: string;
  format: FileFormat;
  document: Document.Parsed | null;
}

/** Puts the marker in the place of `version_info`, or before everything else; `null` when that cannot be done in place. */
export function versionReplacement(before: EditedText, marker: string): ValueEdit | null {
  const root = before.document?.contents;
  if (!isMap(root)) return null;
  const place = { path: ["version_info"], value: marker };
  if (!root.has("version_info")) {
    const [first] = root.items;
    const start = startOf(first);
    if (start === null) return null;
    const glue =
      root.flow === true ? `, ${indentBefore(before.text, start)}` : lineEndOf(before.text) + " ".repeat(columnOf(before.text, start));
    const text = before.format === "json" ? `"version_info": "${marker}"` : `version_info: "${marker}"`;
    return { ...place, start, end: start, text: text + glue.replace(/, (?=[\r\n])/, ",") };
  }
  const scalar = root.get("version_info", true);
  const text = isScalar(scalar) ? quotedLike(scalar, marker) : null;
  if (!isScalar(scalar) || text === null) return null;
  const [start, end] = scalar.range ?? [0, 0];
  return { ...place, start, end, text };
}

/** `null` for styles that cannot be replaced in place (block text, an empty value). */
export function quotedLike(scalar: Scalar, text: string): string | null {
  const [start, end] = scalar.range ?? [0, 0];
  if (end <= start) return null;
  switch (scalar.type) {
    case "QUOTE_DOUBLE":
      return `"${text}"`;
    case "QUOTE_SINGLE":
      return `'${text}'`;
    case "PLAIN":
      // A number or `null` would be a number for Envoy too; a quoted text is a text whatever stood there.
      return typeof scalar.value === "string" ? text : `"${text}"`;
    default:
      return null;
  }
}

function startOf(pair: Pair | undefined): number | null {
  const key = pair?.key;
  return isScalar(key) ? (key.range?.[0] ?? null) : null;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1) - (text.startsWith("\uFEFF") && !text.slice(0, offset).includes("\n") ? 1 : 0);
}

/** The line end and indentation before a flow map's first key, where it stands on a line of its own. */
function indentBefore(text: string, offset: number): string {
  return /\r?\n[ \t]*$/.exec(text.slice(0, offset))?.[0] ?? "";
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** The text with every edit made; edits must not overlap. */
export function splice(text: string, replacements: readonly TextEdit[]): string {
  const ordered = replacements.toSorted((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const { start, end, text: next } of ordered) {
    result += text.slice(at, start) + next;
    at = end;
  }
  return result + text.slice(at);
}

/** Sets a value deep inside plain data; false when the way there does not exist. */
export function setIn(root: unknown, path: NodePath, value: string | number): boolean {
  let holder = root;
  for (const key of path.slice(0, -1)) {
    if (!isObject(holder) || !Object.hasOwn(holder, key)) return false;
    holder = Reflect.get(holder, key);
  }
  const last = path.at(-1);
  return last !== undefined && isObject(holder) && Reflect.set(holder, last, value);
}

/** Order of keys included: an edit in place cannot change it, save for an inserted version, which comes first. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Reflect.ownKeys(a);
  if (keys.length !== Reflect.ownKeys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(Reflect.get(a, key), Reflect.get(b, key)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
