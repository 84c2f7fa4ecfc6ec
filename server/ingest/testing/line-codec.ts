import { createHash } from "node:crypto";

import { WeftError } from "#lib/model/errors.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";

import type { DecodedSpans, IngestCodec } from "../codec.ts";

/**
 * A codec whose messages are lines of text, so that a test says what it sends: each line is a span named so, of the
 * service before its slash if it has one. `bad …` is a rejected span; a body of `malformed` is bad data, one of `throw`
 * makes the decoder break.
 */
export const lineCodec: IngestCodec = {
  spans: (body) => decode(body),
  zipkinSpans: (body) => decode(body),
  metricPoints: (body) => count(body),
  logRecords: (body) => count(body),
  answer: (signal, rejected, reason) => encode({ signal, rejected, reason }),
  status: (code, message, format, retryAfterS) => encode({ code, message, format, retryAfterS: retryAfterS ?? null }),
};

function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function linesOf(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString();
  if (text.startsWith("throw")) throw new Error("secret text of the body");
  if (text.startsWith("malformed")) throw new WeftError("INVALID", "The body is not a list of lines.");
  return text.split("\n").filter((line) => line !== "");
}

function count(body: Uint8Array): number {
  return linesOf(body).length;
}

function decode(body: Uint8Array): DecodedSpans {
  const lines = linesOf(body);
  const bad = lines.filter((line) => line.startsWith("bad"));
  return {
    records: lines.filter((line) => !line.startsWith("bad")).map(spanOf),
    rejected: bad.length,
    reasons: [...new Set(bad.map((line) => `${line} is no span.`))],
  };
}

/** The span that a line stands for; the same line gives the same ids. */
export function spanOf(line: string): SpanRecord {
  const hash = createHash("sha256").update(line).digest();
  const body = Buffer.from(line);
  return {
    traceId: hash.subarray(0, 16),
    spanId: hash.subarray(16, 24),
    parentId: null,
    kind: "server",
    name: line,
    startUnixNano: 1n,
    durationNano: 1,
    status: "unset",
    isError: false,
    protocol: "http",
    peer: null,
    scope: null,
    resource: { service: line.includes("/") ? (line.split("/")[0] ?? "") : "shop", namespace: null, version: null, instance: null, body },
    body,
  };
}
