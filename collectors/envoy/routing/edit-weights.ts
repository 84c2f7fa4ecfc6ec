import { isMap, isScalar, type Pair, type Scalar } from "yaml";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

import { nodesOn, type NodePath } from "./node-path.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import type { WeightSpot } from "./split.ts";

interface Replacement {
  start: number;
  end: number;
  text: string;
  /** Where the value stands in the data, and what it must be there afterwards. */
  path: NodePath;
  value: string | number;
}

export interface WeightEdit {
  /** Leads to the route in the document. */
  route: NodePath;
  spots: readonly WeightSpot[];
  weights: Readonly<Record<string, number>>;
  marker: string;
}

const LIST: NodePath = ["route", "weighted_clusters", "clusters"];
const REVISION: NodePath = ["metadata", "filter_metadata", "weft", "revision"];

/** Letters, digits and dashes: the same text in every style of quoting, never taken for a number or a date. */
const MARKER = /^weft-[A-Za-z0-9-]{1,100}$/;

/**
 * The text with other weights and the marker as its version (and as the route's own revision, where it has one). Every
 * other byte stays. The result is read again, and refused unless exactly those values differ. Errors: INVALID for the
 * marker, UNSUPPORTED when the text cannot be edited in place.
 */
export function editWeights(before: RouteText, edit: WeightEdit): Result<string> {
  if (!MARKER.test(edit.marker)) {
    return err(
      new WeftError("INVALID", `${JSON.stringify(edit.marker)} cannot be written as a version.`, {
        field: "marker",
        mend: "Use weft- and then letters, digits and dashes.",
      }),
    );
  }
  const replacements = [...weightReplacements(edit), ...revisionReplacement(before, edit)];
  const version = versionReplacement(before, edit.marker);
  if (version === null) return err(unsupported("its version_info is not a simple text"));
  const text = splice(before.text, [...replacements, version]);
  const difference = findDifference(before, text, [...replacements, version]);
  return difference === null ? ok(text) : err(unsupported(difference));
}

function weightReplacements(edit: WeightEdit): Replacement[] {
  return edit.spots.map((spot, index) => {
    const value = edit.weights[spot.cluster] ?? 0;
    return { start: spot.start, end: spot.end, text: String(value), path: [...edit.route, ...LIST, index, "weight"], value };
  });
}

/** None where the route carries no revision, or carries it behind an alias: then the version alone has to prove. */
function revisionReplacement(before: RouteText, edit: WeightEdit): Replacement[] {
  const path = [...edit.route, ...REVISION];
  const scalar = before.document === null ? null : nodesOn(before.document, path)?.at(-1);
  const text = isScalar(scalar) && typeof scalar.value === "string" ? quotedLike(scalar, edit.marker) : null;
  if (!isScalar(scalar) || text === null) return [];
  const [start, end] = scalar.range ?? [0, 0];
  return [{ start, end, text, path, value: edit.marker }];
}

function versionReplacement(before: RouteText, marker: string): Replacement | null {
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
function quotedLike(scalar: Scalar, text: string): string | null {
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

function splice(text: string, replacements: readonly Replacement[]): string {
  const ordered = replacements.toSorted((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const { start, end, text: next } of ordered) {
    result += text.slice(at, start) + next;
    at = end;
  }
  return result + text.slice(at);
}

/** Reads the new text and compares it with the old data plus the asked values; `null` when they are the same. */
function findDifference(before: RouteText, text: string, replacements: readonly Replacement[]): string | null {
  const after = parseRouteText(text, before.format);
  if (after.problem !== null) return "the edited text would not be valid";
  const wanted: unknown = structuredClone(before.data);
  for (const { path, value } of replacements) {
    if (!setIn(wanted, path, value)) return "its structure cannot be followed";
  }
  return isEqual(wanted, after.data) ? null : "the edit would change something else as well";
}

function setIn(root: unknown, path: NodePath, value: string | number): boolean {
  let holder = root;
  for (const key of path.slice(0, -1)) {
    if (!isObject(holder) || !Object.hasOwn(holder, key)) return false;
    holder = Reflect.get(holder, key);
  }
  const last = path.at(-1);
  return last !== undefined && isObject(holder) && Reflect.set(holder, last, value);
}

/** Order of keys included: an edit in place cannot change it, save for an inserted version, which comes first. */
function isEqual(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Reflect.ownKeys(a);
  if (keys.length !== Reflect.ownKeys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(Reflect.get(a, key), Reflect.get(b, key)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function unsupported(reason: string): WeftError {
  return new WeftError("UNSUPPORTED", `The weights cannot be edited in place: ${reason}.`, {
    mend: "Write the file in a plain form, with every weight as a number of its own.",
  });
}
