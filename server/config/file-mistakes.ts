import { isMap, isScalar, isSeq, type Document, type ErrorCode, type LineCounter } from "yaml";
import type { z } from "zod";

import { printable } from "#lib/routing/printable.ts";

import { issuesOf, kindsOf, namesAt } from "./file-schema.ts";

/** One mistake of the file. `field` is `null` where the file as a whole is meant. No value of the file stands in it but paths of files. */
export interface Mistake {
  line: number;
  field: string | null;
  reason: string;
  mend: string;
}

type Path = readonly (string | number)[];

const PAGE = "docs/weft-yaml.md shows what it may say";

/** How the fields are written whose form is not plain from the reason. */
const EXAMPLES: Record<string, string> = {
  url: "Write it like url: http://127.0.0.1:9090",
  externalUrl: "Write it like externalUrl: https://metrics.example",
  timeout: "Write it like timeout: 10s",
  interval: "Write it like interval: 15s",
  auth: "Write auth: { bearerTokenFile: FILE }, or auth: { basic: { username: NAME, passwordFile: FILE } }",
  headers: "Write it like headers: { X-Team: shop }",
  query: 'Write it like query: { dedup: "true" }',
  queryScope: "Write it like queryScope: { cluster: east }",
  telemetry: "Write it like telemetry: [istio, envoy]",
  sourceLabels: "Write it like sourceLabels: { service: [app], namespace: [namespace] }",
  concurrency: "Write it like concurrency: 4",
};

/** What is said of the parser's findings that are more than a slip of the pen. */
const YAML_WORDS: Partial<Record<ErrorCode, Pick<Mistake, "reason" | "mend">>> = {
  DUPLICATE_KEY: { reason: "a name stands there twice", mend: "Take one of the two out" },
  MULTIPLE_DOCS: {
    reason: "a second document begins here, and a file is read as one",
    mend: "Take this --- out, or the document after it",
  },
};

/** What the parser found. Its own sentences may repeat what stands in the file. */
export function yamlMistakes(document: Document, lines: LineCounter): Mistake[] {
  return document.errors.map(({ code, pos }) => ({
    line: lines.linePos(pos[0]).line,
    field: null,
    ...(YAML_WORDS[code] ?? {
      reason: `this is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`,
      mend: "Check quotes, brackets and indentation of this line and the one before",
    }),
  }));
}

export function aliasMistake(): Mistake {
  return { line: 1, field: null, reason: "has aliases that cannot be resolved", mend: PAGE };
}

/** What a file says; `undefined` = there is an alias that leads nowhere, or so many that the file would grow without end. */
export function valueOf(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value ?? null;
  } catch {
    return undefined;
  }
}

/** Every mistake that the schema found, in the order of the lines. */
export function schemaMistakes(error: z.ZodError, value: unknown, document: Document, lines: LineCounter): Mistake[] {
  return issuesOf(error, value).flatMap((issue) => {
    const keys = plainPath(issue.path);
    const at = (path: Path, reason: string, mend: string): Mistake => mistakeAt(document, lines, path, reason, mend);
    if (issue.code === "unrecognized_keys") {
      const known = namesAt(keys, kindAt(document, keys));
      return issue.keys.map((key) => at([...keys, key], "is not known", unknownMend(key, known)));
    }
    if (issue.code === "invalid_key") return [at(keys, issue.issues[0]?.message ?? "is not valid", mendOf(keys.slice(0, -1)))];
    const isMissing = (issue.code === "invalid_type" || issue.code === "invalid_union") && valueAt(document, keys) === undefined;
    const reason = isMissing ? "is missing" : issue.message.startsWith("Invalid") ? "is not what it should be" : issue.message;
    return [at(keys, reason, (isMissing ? null : kindMend(document, keys)) ?? mendOf(keys))];
  });
}

/** Ids that stand in the file more than once: all sources share one page, and edges name them. */
export function duplicateIds(document: Document, lines: LineCounter): Mistake[] {
  const seen = new Set<string>();
  return ["metrics", "traces"].flatMap((list) => {
    const entries = document.get(list);
    if (!isSeq(entries)) return [];
    return entries.items.flatMap((_, index) => {
      const id = document.getIn([list, index, "id"]);
      if (typeof id !== "string") return [];
      const isFirst = !seen.has(id);
      seen.add(id);
      if (isFirst) return [];
      const reason = "is there twice; each source needs an id of its own";
      return [mistakeAt(document, lines, [list, index, "id"], reason, "Give one of the two another id")];
    });
  });
}

function mistakeAt(document: Document, lines: LineCounter, path: Path, reason: string, mend: string): Mistake {
  return { ...placeOf(document, lines, path), reason, mend };
}

/** Where something stands in the file. */
export function placeOf(document: Document, lines: LineCounter, path: Path): Pick<Mistake, "line" | "field"> {
  return {
    line: lineOf(document, lines, path),
    field: path.length === 0 ? null : path.map((key) => printable(String(key))).join("."),
  };
}

function plainPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === "symbol" ? String(step) : step));
}

function mendOf(path: Path): string {
  const named = path.findLast((key) => typeof key === "string" && EXAMPLES[key] !== undefined);
  const example = named === undefined ? undefined : EXAMPLES[named];
  return example === undefined ? PAGE : example;
}

/** `null` = another name is meant than that of a source's kind, or nobody can guess which kind. */
function kindMend(document: Document, path: Path): string | null {
  const [list, , name, more] = path;
  const said = document.getIn(path);
  if (name !== "kind" || more !== undefined || typeof said !== "string") return null;
  const { known, meant } = kindsOf(String(list), said);
  const near = meant ?? nearOf(said, known);
  if (near !== undefined) return `Perhaps kind: ${near} is meant`;
  const other = ["metrics", "traces"].find((one) => kindsOf(one, said).known.includes(said));
  return other === undefined ? null : `Move the entry under ${other}, where this kind belongs`;
}

function nearOf(word: string, known: readonly string[]): string | undefined {
  return known.find((name) => distance(name.toLowerCase(), word.toLowerCase()) <= 2);
}

function unknownMend(key: string, known: readonly string[]): string {
  const near = nearOf(key, known);
  if (near !== undefined) return `Perhaps ${near} is meant`;
  return known.length === 0 ? "Take it out" : `Take it out; known here are ${known.join(", ")}`;
}

/** Letters to change, add or take out to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function kindAt(document: Document, keys: Path): unknown {
  return keys.length < 2 ? null : document.getIn([...keys.slice(0, 2), "kind"]);
}

function valueAt(document: Document, keys: Path): unknown {
  return keys.length === 0 ? document.contents : document.getIn(keys, true);
}

/** Line of the name that a value stands under; of what is not there, the line of what it would stand in. */
function lineOf(document: Document, lines: LineCounter, keys: Path): number {
  for (let length = keys.length; length > 0; length--) {
    const parent = valueAt(document, keys.slice(0, length - 1));
    const last = keys[length - 1];
    const key = isMap(parent) ? parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(last))?.key : null;
    const node = isScalar(key) ? key : valueAt(document, keys.slice(0, length));
    const at = typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? Number(node.range[0]) : null;
    if (at !== null) return lines.linePos(at).line;
  }
  return 1;
}
