import { z } from "zod";

/** A part of an answer of version 3. The spans in it are OTLP and are read by its decoder. */
export const TraceChunk = z.object({
  result: z.object({ resourceSpans: z.array(z.unknown()).default([]) }).optional(),
  error: z.object({ httpCode: z.number().int().default(500), message: z.string().default("") }).optional(),
});

const KINDS = new Map(
  ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map((word, code) => [`SPAN_KIND_${word}`, code]),
);
const STATUS_CODES = new Map(["UNSET", "OK", "ERROR"].map((word, code) => [`STATUS_CODE_${word}`, code]));

/**
 * Older servers wrote enums by name, as protobuf's JSON mapping does; OTLP's allows numbers only. Everything else stays as
 * it came, whatever it is: the decoder judges it.
 */
export function withNumberedEnums(resourceSpans: unknown): unknown {
  return mapList(resourceSpans, "scopeSpans", (scopeSpans) =>
    mapList(scopeSpans, "spans", (span) => {
      if (!isObject(span)) return span;
      const kind = numbered(span["kind"], KINDS);
      const { status } = span;
      return isObject(status) ? { ...span, kind, status: { ...status, code: numbered(status["code"], STATUS_CODES) } } : { ...span, kind };
    }),
  );
}

function mapList(owner: unknown, key: string, map: (item: unknown) => unknown): unknown {
  if (!isObject(owner)) return owner;
  const list = owner[key];
  return Array.isArray(list) ? { ...owner, [key]: list.map(map) } : owner;
}

function numbered(value: unknown, codes: ReadonlyMap<string, number>): unknown {
  return typeof value === "string" ? (codes.get(value) ?? value) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
