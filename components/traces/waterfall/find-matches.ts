import type { Span, TraceResource } from "#lib/model/trace.ts";

/** One thing to look for: text anywhere in a span, or an attribute by its key and a part of its value. */
export interface FindTerm {
  /** Lower case; `null` = text anywhere. */
  readonly key: string | null;
  /** Lower case. With a key, empty = any value. */
  readonly text: string;
  readonly isNegated: boolean;
}

const TERM = /(-?)(?:([^\s="]+)=)?(?:"([^"]*)"?|(\S+))?/g;

/** Terms of a find text: `reviews`, `http.route=/cart`, `status=error`, `"two words"`, `-version=v1`. A span must meet all. */
export function parseFindTerms(text: string): FindTerm[] {
  return [...text.toLowerCase().matchAll(TERM)].flatMap((match) => {
    const key = match[2] ?? null;
    const value = match[3] ?? match[4] ?? "";
    if (key === null && value === "") return [];
    return [{ key, text: value, isNegated: match[1] === "-" }];
  });
}

/** A span with its producer. */
export interface Findable {
  readonly span: Span;
  readonly resource: TraceResource;
}

const texts = new WeakMap<Span, string>();

/** Everything that a span says, once in lower case; line breaks keep neighbours apart. */
function textOf({ span, resource }: Findable): string {
  const known = texts.get(span);
  if (known !== undefined) return known;
  const parts = [
    resource.service,
    resource.version ?? "",
    span.name,
    span.kind,
    span.spanId,
    span.isError ? "error" : span.status,
    span.statusMessage ?? "",
    ...span.attributes.flatMap((attribute) => [attribute.key, attribute.value]),
    ...span.events.flatMap((event) => [event.name, ...event.attributes.flatMap((attribute) => [attribute.key, attribute.value])]),
  ];
  const text = parts.join("\n").toLowerCase();
  texts.set(span, text);
  return text;
}

/** What a key means that is no attribute; `undefined` = look among the attributes. */
function factOf(key: string, { span, resource }: Findable): string | undefined {
  switch (key) {
    case "service":
      return resource.service;
    case "version":
      return resource.version ?? "";
    case "operation":
    case "name":
      return span.name;
    case "kind":
      return span.kind;
    case "status":
      return span.isError ? "error" : span.status;
    case "error":
      return String(span.isError);
    default:
      return undefined;
  }
}

function meets(item: Findable, term: FindTerm): boolean {
  if (term.key === null) return textOf(item).includes(term.text);
  const fact = factOf(term.key, item);
  if (fact?.toLowerCase().includes(term.text) === true) return true;
  const isMet = (attribute: { key: string; value: string }): boolean =>
    attribute.key.toLowerCase() === term.key && attribute.value.toLowerCase().includes(term.text);
  return item.span.attributes.some(isMet) || item.resource.attributes.some(isMet);
}

/** Indexes of the spans that meet every term, in order; none for an empty text. */
export function findMatches(items: readonly Findable[], text: string): number[] {
  const terms = parseFindTerms(text);
  if (terms.length === 0) return [];
  return items.flatMap((item, index) => (terms.every((term) => meets(item, term) !== term.isNegated) ? [index] : []));
}

/** The match after `from` (or before it), round the end; `null` = there are none. `from` need not be a match. */
export function nextMatch(matches: readonly number[], from: number, step: 1 | -1): number | null {
  if (matches.length === 0) return null;
  const found = step === 1 ? matches.find((index) => index > from) : matches.findLast((index) => index < from);
  return found ?? (step === 1 ? matches[0] : matches.at(-1)) ?? null;
}
