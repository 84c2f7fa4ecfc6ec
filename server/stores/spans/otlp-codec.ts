import { otlpJsonOf } from "#collectors/shared/otlp/json/write-export-json.ts";
import { matchesTerms } from "#collectors/shared/otlp/match-terms.ts";
import { decodeResource } from "#collectors/shared/otlp/read-resource.ts";
import { decodeSpan } from "#collectors/shared/otlp/read-span.ts";

import type { SpanCodec } from "./span-codec.ts";

/** Reads the messages that the intake keeps. The scope is not part of a span's message and is kept beside it. */
export const otlpCodec: SpanCodec = {
  span: (body, { scope, ...base }) => ({ ...decodeSpan(body, base), scope }),
  resource: decodeResource,
  matches: matchesTerms,
  otlpJson: otlpJsonOf,
};
