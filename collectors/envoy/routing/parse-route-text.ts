import { Composer, Lexer, LineCounter, Parser, type Document } from "yaml";

import { plainName } from "#collectors/shared/plain-name.ts";

import { DiscoveryFile, FileRouteConfiguration } from "./wire.ts";

export type RouteFormat = "yaml" | "json";

/** A route file after reading. `problem` says why nothing in it can be steered. */
export interface RouteText {
  text: string;
  format: RouteFormat;
  problem: string | null;
  /** With positions in `text`; `null` when the text cannot be parsed. */
  document: Document.Parsed | null;
  /** The whole file as plain data; `null` when it cannot be parsed. */
  data: unknown;
  configs: FileRouteConfiguration[];
  /** `null` when there is none, or when it is no text. */
  versionInfo: string | null;
}

const ROUTE_TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
/** No route file needs more; far below what would exhaust the stack of a recursive parser. */
const MAX_DEPTH = 100;
const MAX_ALIASES = 100;

/** Format by file name, as Envoy chooses it; `null` for a name that Envoy would not take for either. */
export function formatOf(fileName: string): RouteFormat | null {
  if (/\.ya?ml$/i.test(fileName)) return "yaml";
  return /\.json$/i.test(fileName) ? "json" : null;
}

/** Reads a text; whatever is in it, the answer is data or a problem in words, and nothing is thrown. */
export function parseRouteText(text: string, format: RouteFormat): RouteText {
  const base = { text, format, problem: null, document: null, data: null, configs: [], versionInfo: null };
  const parsed = parseDocument(text, format);
  if ("problem" in parsed) return { ...base, problem: parsed.problem };
  const file = DiscoveryFile.safeParse(withoutNulls(parsed.data));
  if (!file.success) return { ...base, ...parsed, problem: describeShape(file.error.issues[0]) };
  const configs: FileRouteConfiguration[] = [];
  let problem: string | null = null;
  for (const [index, resource] of file.data.resources.entries()) {
    const config = FileRouteConfiguration.safeParse(resource);
    if (config.success) {
      configs.push(config.data);
      problem ??= problemOf(config.data);
    } else problem ??= describeShape(config.error.issues[0], `resources.${index}`);
  }
  const versionInfo = typeof file.data.version_info === "string" ? file.data.version_info : null;
  return { ...base, ...parsed, configs, versionInfo, problem: problem ?? problemOfCount(file.data.resources.length) };
}

type ParsedDocument = { document: Document.Parsed; data: unknown };

function parseDocument(text: string, format: RouteFormat): ParsedDocument | { problem: string } {
  const name = format === "json" ? "JSON" : "YAML";
  if (text.trim() === "") return { problem: "The file is empty." };
  try {
    const composed = compose(text);
    if (composed === null) return { problem: `The file is nested deeper than ${MAX_DEPTH} levels, which Weft does not read.` };
    const [document, ...further] = composed.documents;
    if (document === undefined) return { problem: "The file is empty." };
    const error = composed.documents.find((one) => one.errors.length > 0)?.errors[0];
    if (error !== undefined) {
      const { line, col } = composed.lines.linePos(error.pos[0]);
      return { problem: `The file is not valid ${name}: line ${line}, column ${col}: ${firstSentence(error.message)}.` };
    }
    if (further.length > 0) return { problem: `The file holds ${further.length + 1} YAML documents; Envoy reads only the first.` };
    if (format === "json") JSON.parse(text.replace(/^\uFEFF/, ""));
    return { document, data: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (cause) {
    const reason = cause instanceof Error ? firstSentence(cause.message) : "it cannot be read";
    if (cause instanceof ReferenceError) return { problem: `The file's anchors and aliases cannot be followed: ${reason}.` };
    return { problem: `The file is not valid ${name}: ${reason}.` };
  }
}

/** A field that is `null` is a field that is not there: so reads Envoy. Positions in lists stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])));
}

interface Composed {
  documents: Document.Parsed[];
  lines: LineCounter;
}

/** `null` for a text nested too deep, which is told by its tokens before anything recursive sees it. */
function compose(text: string): Composed | null {
  const lines = new LineCounter();
  // The parser tells of every line but the first.
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ logLevel: "silent" });
  const documents: Document.Parsed[] = [];
  const depth = createDepthGauge();
  for (const token of new Lexer().lex(text)) {
    if (depth(token) > MAX_DEPTH) return null;
    for (const part of parser.next(token)) documents.push(...composer.next(part));
  }
  for (const part of parser.end()) documents.push(...composer.next(part));
  documents.push(...composer.end());
  return { documents, lines };
}

/** Levels of brackets, or of list items on one line, that are open after each token. */
function createDepthGauge(): (token: string) => number {
  let brackets = 0;
  let items = 0;
  return (token) => {
    if (token === "[" || token === "{") brackets += 1;
    else if (token === "]" || token === "}") brackets -= 1;
    else if (token === "-" || token === "?") items += 1;
    else if (token[0] === "\n" || token[0] === "\r") items = 0;
    return Math.max(brackets, items);
  };
}

function problemOf(config: FileRouteConfiguration): string | null {
  if (config["@type"] !== ROUTE_TYPE) {
    const type = config["@type"] === "" ? "something without @type" : plainName(config["@type"].split("/").at(-1) ?? "");
    return `The file holds ${type}, not a RouteConfiguration.`;
  }
  if ("virtualHosts" in config) return "The file is written with camelCase field names; Weft edits snake_case ones only.";
  if ("vhds" in config) return "The virtual hosts come from elsewhere (vhds), not from this file.";
  if (config.virtual_hosts.length === 0) return "The route configuration has no virtual hosts.";
  const domain = twiceTaken(config);
  return domain === null ? null : `Two virtual hosts take the domain ${plainName(domain)}; Envoy refuses such a file.`;
}

/** Envoy compares domains without case. */
function twiceTaken(config: FileRouteConfiguration): string | null {
  const seen = new Set<string>();
  for (const domain of config.virtual_hosts.flatMap((host) => host.domains)) {
    const key = domain.toLowerCase();
    if (seen.has(key)) return domain;
    seen.add(key);
  }
  return null;
}

function problemOfCount(count: number): string | null {
  if (count === 1) return null;
  if (count === 0) return "The file holds no route configuration.";
  return `The file holds ${count} route configurations; Envoy takes a file with exactly one.`;
}

interface ShapeIssue {
  path: PropertyKey[];
  message: string;
}

function describeShape(issue: ShapeIssue | undefined, prefix?: string): string {
  const path = [prefix, ...(issue?.path.map(String) ?? [])].filter((part) => part !== undefined && part !== "");
  const where = path.length === 0 ? "its top level" : plainName(path.join("."));
  return `The file is not what Envoy reads as routes: ${where}: ${firstSentence(issue?.message ?? "it has another shape")}.`;
}

/** Some messages go on with a picture of the place; the sentence alone is wanted. */
function firstSentence(message: string): string {
  const [sentence = ""] = message.split(/ at line \d+|\n/, 1);
  return plainName(sentence.replace(/[.:]$/, ""));
}
