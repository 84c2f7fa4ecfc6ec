import { Composer, Lexer, LineCounter, Parser, type Document } from "yaml";

import { plainName } from "#collectors/shared/plain-name.ts";

export type FileFormat = "yaml" | "json";

/** No such file needs more; far below what would exhaust the stack of a recursive parser. */
const MAX_DEPTH = 100;
const MAX_ALIASES = 100;

/** Format by file name, as Envoy chooses it; `null` for a name that Envoy would not take for either. */
export function formatOf(fileName: string): FileFormat | null {
  if (/\.ya?ml$/i.test(fileName)) return "yaml";
  return /\.json$/i.test(fileName) ? "json" : null;
}

/** A file as positions and as plain data. */
export type ParsedDocument = { document: Document.Parsed; data: unknown };

/** Reads a text; whatever is in it, the answer is data or a problem in words, and nothing is thrown. */
export function parseDocument(text: string, format: FileFormat): ParsedDocument | { problem: string } {
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
export function withoutNulls(value: unknown): unknown {
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

interface ShapeIssue {
  path: PropertyKey[];
  message: string;
}

/** What is wrong with the shape of a file that should hold `what`, as a sentence. */
export function describeShape(what: "routes" | "listeners", issue: ShapeIssue | undefined, prefix?: string): string {
  const path = [prefix, ...(issue?.path.map(String) ?? [])].filter((part) => part !== undefined && part !== "");
  const where = path.length === 0 ? "its top level" : plainName(path.join("."));
  return `The file is not what Envoy reads as ${what}: ${where}: ${firstSentence(issue?.message ?? "it has another shape")}.`;
}

/** Some messages go on with a picture of the place; the sentence alone is wanted. */
function firstSentence(message: string): string {
  const [sentence = ""] = message.split(/ at line \d+|\n/, 1);
  return plainName(sentence.replace(/[.:]$/, ""));
}
