import { isMap, isNode, isPair, isSeq, type Document, type Pair, type YAMLMap, type YAMLSeq } from "yaml";

import { isShared, nodesOn, usedAnchors, type NodePath } from "../files/node-path.ts";
import type { TextEdit } from "../files/text-edits.ts";

/** A piece of a collection: an item of a list, or a field with its value. */
interface Entry {
  start: number;
  /** Behind its last character. */
  end: number;
}

/** The edits, or why the text cannot be edited in place. */
export type Removal = { edits: TextEdit[] } | { reason: string };

const SHARED = "what would be taken away stands under a YAML anchor or alias that is used elsewhere too";
const UNCLEAR = "where its parts begin and end cannot be told";

/** Takes items out of a list. Comments stay, save for those inside an item and behind its end on the same line. */
export function removeItems(document: Document.Parsed, text: string, path: NodePath, items: readonly number[]): Removal {
  const nodes = nodesOn(document, path);
  const list = nodes?.at(-1);
  if (nodes === null || !isSeq(list)) return { reason: SHARED };
  if (isShared(nodes, usedAnchors(document))) return { reason: SHARED };
  const entries = list.items.map((item) => (isNode(item) ? rangeOf(item, text) : null));
  if (list.flow === true) return removeFlow(text, entries, items);
  return removeBlockItems(text, list, entries, items);
}

/** Takes a field out of a map, under the same rules. */
export function removeField(document: Document.Parsed, text: string, path: NodePath, field: string): Removal {
  const nodes = nodesOn(document, path);
  const map = nodes?.at(-1);
  if (nodes === null || !isMap(map)) return { reason: SHARED };
  if (isShared(nodes, usedAnchors(document))) return { reason: SHARED };
  const index = map.items.findIndex((pair) => isNode(pair.key) && pair.key.toJSON() === field);
  if (index < 0) return { reason: UNCLEAR };
  const entries = map.items.map((pair) => pairRange(pair, text));
  if (map.flow === true) return removeFlow(text, entries, [index]);
  return removeBlockField(text, map, entries, index);
}

/** Anchor and tag stand before the range that the parser gives a node. */
function rangeOf(node: { range?: readonly [number, number, number] | null }, text: string): Entry | null {
  if (node.range === undefined || node.range === null) return null;
  const [start, end] = node.range;
  const before = /(?:[&!][^\s,[\]{}]*[ \t]+)+$/.exec(text.slice(lineStart(text, start), start));
  return { start: start - (before?.[0].length ?? 0), end };
}

function pairRange(pair: Pair, text: string): Entry | null {
  if (!isPair(pair) || !isNode(pair.key)) return null;
  const key = rangeOf(pair.key, text);
  const value = isNode(pair.value) ? rangeOf(pair.value, text) : null;
  return key === null || value === null ? null : { start: key.start, end: Math.max(key.end, value.end) };
}

/** In brackets: the entry goes with the comma behind it, or with the one before it when it is the last. */
function removeFlow(text: string, entries: readonly (Entry | null)[], gone: readonly number[]): Removal {
  const edits: TextEdit[] = [];
  let lastKept: Entry | null = null;
  for (const [index, entry] of entries.entries()) {
    if (entry === null) return { reason: UNCLEAR };
    if (!gone.includes(index)) {
      lastKept = entry;
      continue;
    }
    const comma = commaAfter(text, entry.end);
    if (comma === null && lastKept !== null) {
      const own = commaAfter(text, lastKept.end);
      if (own === null) return { reason: UNCLEAR };
      edits.push(cut(own, own + 1));
    }
    edits.push(...(comma === null ? [tidy(text, entry, null)] : tidyWithComma(text, entry, comma)));
  }
  return { edits };
}

/** The next comma with nothing but blanks and comments before it; `null` when the collection ends there. */
function commaAfter(text: string, offset: number): number | null {
  const gap = /^(?:\s|#[^\n]*)*/.exec(text.slice(offset))?.[0] ?? "";
  const at = offset + gap.length;
  return text[at] === "," ? at : null;
}

function tidyWithComma(text: string, entry: Entry, comma: number): TextEdit[] {
  const isJoined = text.slice(entry.end, comma).trim() === "";
  if (!isJoined) return [cut(entry.start, entry.end), cut(comma, comma + 1)];
  return [tidy(text, { start: entry.start, end: comma + 1 }, " ")];
}

/** Takes whole lines where nothing else stands on them, else the entry with the blanks on one side of it. */
function tidy(text: string, { start, end }: Entry, blanksBehind: " " | null): TextEdit {
  const first = lineStart(text, start);
  const last = lineEnd(text, end);
  const isAloneBefore = text.slice(first, start).trim() === "";
  const isAloneBehind = /^[ \t]*(?:#[^\n]*)?\r?\n?$/.test(text.slice(end, last));
  if (isAloneBefore && isAloneBehind) return cut(first, last);
  if (blanksBehind !== null) return cut(start, end + blanks(text.slice(end)));
  const indent = /[ \t]*$/.exec(text.slice(first, start))?.[0].length ?? 0;
  return cut(start - indent, end);
}

/** In lines: the dashes of a list all stand in one column, which is where its range begins. */
function removeBlockItems(text: string, list: YAMLSeq, entries: readonly (Entry | null)[], gone: readonly number[]): Removal {
  const begin = list.range?.[0];
  if (begin === undefined || gone.length === entries.length) return { reason: UNCLEAR };
  const indent = text.slice(lineStart(text, begin), begin);
  const edits: TextEdit[] = [];
  for (const index of gone) {
    const entry = entries[index];
    if (entry === null || entry === undefined) return { reason: UNCLEAR };
    const dash = lastDash(text, indent, begin, entry.start);
    if (dash === null) return { reason: UNCLEAR };
    edits.push(cut(lineStart(text, dash), contentEnd(text, entry.end)));
  }
  return { edits };
}

/** Offset of the last dash of this column at or before `until`; `null` when there is none on a line of its own. */
function lastDash(text: string, indent: string, from: number, until: number): number | null {
  if (!/^[ \t\uFEFF]*$/.test(indent)) return null;
  for (let line = lineStart(text, until); line >= lineStart(text, from); line = lineStart(text, line - 1)) {
    const at = line + indent.length;
    if (at <= until && text.slice(line, at) === indent && /^-(?:\s|$)/.test(text.slice(at, at + 2))) return at;
    if (line === 0) break;
  }
  return null;
}

/** The first field of a list's item shares its line with the dash; then the next field moves up in its place. */
function removeBlockField(text: string, map: YAMLMap, entries: readonly (Entry | null)[], index: number): Removal {
  const entry = entries[index];
  if (entry === null || entry === undefined || map.items.length === 1) return { reason: UNCLEAR };
  const end = contentEnd(text, entry.end);
  if (text.slice(lineStart(text, entry.start), entry.start).trim() === "") return { edits: [cut(lineStart(text, entry.start), end)] };
  const next = entries[index + 1];
  if (next === null || next === undefined || text.slice(end, next.start).trim() !== "") return { reason: UNCLEAR };
  return { edits: [cut(entry.start, next.start)] };
}

/** Behind the line on which the content ends; a block's range may end behind its line already. */
function contentEnd(text: string, end: number): number {
  return text[end - 1] === "\n" ? end : lineEnd(text, end);
}

function cut(start: number, end: number): TextEdit {
  return { start, end, text: "" };
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Behind the line's end. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

function blanks(text: string): number {
  return /^[ \t]*/.exec(text)?.[0].length ?? 0;
}
