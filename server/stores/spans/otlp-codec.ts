import { otlpJsonOf } from "#collectors/shared/otlp/json/write-export-json.ts";
import { matchesTerms } from "#collectors/shared/otlp/match-terms.ts";
import { decodeResource } from "#collectors/shared/otlp/read-resource.ts";
import { decodeSpan } from "#collectors/shared/otlp/read-span.ts";
import type { SearchTerm } from "#lib/model/trace.ts";

import type { SpanCodec } from "./span-codec.ts";

/** Keys that `matchesTerms` takes for something else than an attribute. */
const NO_ATTRIBUTES = new Set(["name", "kind", "status", "error", "service"]);
/** Texts that only a string is shown as: no number, boolean, list or map begins so ... */
const BEGINS_AS_TEXT = /^[A-Za-z/_](?!.*\uFFFD)/s;
const WORDS = new Set(["true", "false", "NaN", "Infinity"]);
/** ... and no bytes are shown so, which come in groups of four. */
const MAY_BE_BASE64 = /^(?:[A-Za-z\d+/=]{4})*$/;

function needleOf({ key, value, isNegated }: SearchTerm): string {
  if (isNegated || NO_ATTRIBUTES.has(key)) return "";
  return value !== null && BEGINS_AS_TEXT.test(value) && !WORDS.has(value) && !MAY_BE_BASE64.test(value) ? value : key;
}

/** Reads the messages that the intake keeps. The scope is not part of a span's message and is kept beside it. */
export const otlpCodec: SpanCodec = {
  span: (body, { scope, ...base }) => ({ ...decodeSpan(body, base), scope }),
  resource: decodeResource,
  matches: matchesTerms,
  needles: (terms) =>
    terms
      .map(needleOf)
      .filter((needle) => needle !== "")
      .map((needle) => Buffer.from(needle)),
  otlpJson: otlpJsonOf,
};
