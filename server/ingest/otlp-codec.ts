import { encodeAnswer, encodeStatus } from "#collectors/otlp/answers.ts";
import { countLogRecords, countMetricPoints } from "#collectors/shared/otlp/count-records.ts";
import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { LENGTH, VARINT } from "#collectors/shared/otlp/fields.ts";
import { countLogRecordsJson, countMetricPointsJson } from "#collectors/shared/otlp/json/count-json.ts";
import { decodeExportJson } from "#collectors/shared/otlp/json/decode-export-json.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { WireWriter } from "#collectors/shared/otlp/wire-writer.ts";
import { decodeZipkinSpans } from "#collectors/zipkin/intake/decode-zipkin.ts";
import { WeftError } from "#lib/model/errors.ts";

import type { IngestCodec } from "./codec.ts";

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The decoders of the real protocols. */
export const otlpCodec: IngestCodec = {
  spans: (body, format) => (format === "json" ? decodeExportJson(textOf(body), SPAN_LIMITS) : decodeExportRequest(body, SPAN_LIMITS)),
  zipkinSpans: (body) => decodeZipkinSpans(textOf(body), SPAN_LIMITS),
  metricPoints: (body, format) => (format === "json" ? countMetricPointsJson(textOf(body)) : countMetricPoints(body)),
  logRecords: (body, format) => (format === "json" ? countLogRecordsJson(textOf(body)) : countLogRecords(body)),
  answer: encodeAnswer,
  status(code, message, format, retryAfterS) {
    const status = encodeStatus(code, message, format);
    // Fields of one message may be written one after the other. Over HTTP the header says it, and JSON goes only there.
    return retryAfterS === undefined || format === "json" ? status : Buffer.concat([status, retryDetail(retryAfterS)]);
  },
};

function textOf(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new WeftError("INVALID", "The body is not UTF-8.", { cause });
  }
}

/** `details` of a google.rpc.Status: an Any that holds a RetryInfo with its `retry_delay`. */
function retryDetail(seconds: number): Uint8Array {
  const writer = new WireWriter();
  writer.message(tag(3, LENGTH), () => {
    writer.text(tag(1, LENGTH), RETRY_INFO);
    writer.message(tag(2, LENGTH), () => writer.message(tag(1, LENGTH), () => writer.number(tag(1, VARINT), seconds)));
  });
  return writer.finish();
}

function tag(field: number, wireType: number): number {
  return field * 8 + wireType;
}
