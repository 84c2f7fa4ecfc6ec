import { FIXED32, FIXED64, LENGTH, VARINT } from "./fields.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { AttributeScan } from "./value-scan.ts";
import { WireReader } from "./wire-reader.ts";

/**
 * What a message may hold, as far as counting needs it: wire types by field number, messages by their own description. Fields
 * that are not told are passed over by their wire type.
 */
interface Description {
  fields: ReadonlyMap<number, number | Description | "attribute" | "value">;
  /** One of these is one record. */
  isRecord: boolean;
}

function message(fields: Readonly<Record<number, number | Description | "attribute" | "value">>, isRecord = false): Description {
  return { fields: new Map(Object.entries(fields).map(([field, form]) => [Number(field), form])), isRecord };
}

const RESOURCE = message({ 1: "attribute", 2: VARINT });
const SCOPE = message({ 1: LENGTH, 2: LENGTH, 3: "attribute", 4: VARINT });

/** opentelemetry/proto/metrics/v1/metrics.proto */
const NUMBER_POINT = message({ 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: LENGTH, 6: FIXED64, 7: "attribute", 8: VARINT }, true);
const HISTOGRAM_POINT = message({ 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 8: LENGTH, 9: "attribute", 10: VARINT }, true);
const EXPONENTIAL_POINT = message(
  { 1: "attribute", 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 6: VARINT, 7: FIXED64, 8: LENGTH, 9: LENGTH },
  true,
);
const SUMMARY_POINT = message({ 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 6: LENGTH, 7: "attribute", 8: VARINT }, true);
const METRIC = message({
  1: LENGTH,
  2: LENGTH,
  3: LENGTH,
  5: message({ 1: NUMBER_POINT }),
  7: message({ 1: NUMBER_POINT }),
  9: message({ 1: HISTOGRAM_POINT }),
  10: message({ 1: EXPONENTIAL_POINT }),
  11: message({ 1: SUMMARY_POINT }),
  12: "attribute",
});
const METRICS_REQUEST = message({ 1: message({ 1: RESOURCE, 2: message({ 1: SCOPE, 2: METRIC, 3: LENGTH }), 3: LENGTH }) });

/** opentelemetry/proto/logs/v1/logs.proto */
const LOG_RECORD = message(
  { 1: FIXED64, 2: VARINT, 3: LENGTH, 5: "value", 6: "attribute", 7: VARINT, 8: FIXED32, 9: LENGTH, 10: LENGTH, 11: FIXED64, 12: LENGTH },
  true,
);
const LOGS_REQUEST = message({ 1: message({ 1: RESOURCE, 2: message({ 1: SCOPE, 2: LOG_RECORD, 3: LENGTH }), 3: LENGTH }) });

/** Data points of an ExportMetricsServiceRequest. Throws INVALID for what is none. */
export function countMetricPoints(bytes: Uint8Array): number {
  return countIn(bytes, METRICS_REQUEST);
}

/** Records of an ExportLogsServiceRequest. Throws INVALID for what is none. */
export function countLogRecords(bytes: Uint8Array): number {
  return countIn(bytes, LOGS_REQUEST);
}

function countIn(bytes: Uint8Array, description: Description): number {
  return count(new WireReader(bytes), bytes.length, description, new AttributeScan(SPAN_LIMITS));
}

/** Goes no deeper than the descriptions do. */
function count(reader: WireReader, end: number, { fields, isRecord }: Description, attribute: AttributeScan): number {
  let records = isRecord ? 1 : 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const form = fields.get(tag >>> 3);
    const expected = typeof form === "number" ? form : LENGTH;
    if (form !== undefined && (tag & 7) !== expected) throw reader.wrong(`field ${tag >>> 3} has another type than OTLP says`);
    if (form === undefined || typeof form === "number") reader.skip(tag, end);
    else if (form === "attribute") attribute.keyValue(reader, reader.lengthEnd(end));
    else if (form === "value") attribute.anyValue(reader, reader.lengthEnd(end));
    else records += count(reader, reader.lengthEnd(end), form, attribute);
  }
  return records;
}
