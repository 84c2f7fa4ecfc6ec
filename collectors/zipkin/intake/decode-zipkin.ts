import { decodeExportRequest, type DecodedSpans } from "../../shared/otlp/decode-export.ts";
import {
  EVENT_NAME,
  EVENT_TIME,
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  REQUEST_RESOURCE_SPANS,
  RESOURCE_ATTRIBUTES,
  RESOURCE_SPANS_RESOURCE,
  RESOURCE_SPANS_SCOPE_SPANS,
  SCOPE_SPANS_SPANS,
  SPAN_ATTRIBUTES,
  SPAN_END,
  SPAN_EVENTS,
  SPAN_KIND,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_SPAN_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  STATUS_CODE,
  STATUS_CODE_ERROR,
  STATUS_MESSAGE,
  VALUE_BOOL,
  VALUE_INT,
  VALUE_STRING,
} from "../../shared/otlp/fields.ts";
import { parseJson } from "../../shared/otlp/json/parse-json.ts";
import { childOf, eachOf, int64Of, objectAt, textOf, wrongAt, type JsonObject, type Place } from "../../shared/otlp/json/place.ts";
import type { SpanLimits } from "../../shared/otlp/limits.ts";
import { WireWriter } from "../../shared/otlp/wire-writer.ts";

interface ZipkinSpan {
  span: JsonObject;
  place: Place;
  endpoint: { value: JsonObject; place: Place } | null;
}

/**
 * Reads a list of spans in Zipkin's v2 JSON and turns them into OTLP's language. Client and server of one call may share one
 * span id; both keep it, and the server's carries `zipkin.shared`. Throws INVALID, naming the path, for a value of a wrong type.
 */
export function decodeZipkinSpans(text: string, limits: SpanLimits): DecodedSpans {
  const spans = parseJson(text);
  if (!Array.isArray(spans)) throw wrongAt(null, "must be a list of spans");
  const byService = new Map<string, ZipkinSpan[]>();
  spans.forEach((item: unknown, index) => {
    const place = { parent: null, step: index };
    const span = objectAt(item, place);
    const endpoint = childOf(span, "localEndpoint", place);
    const service = endpoint === null ? "" : textOf(endpoint.value, "serviceName", endpoint.place);
    const group = byService.get(service);
    if (group === undefined) byService.set(service, [{ span, place, endpoint }]);
    else group.push({ span, place, endpoint });
  });
  const writer = new WireWriter();
  for (const [service, group] of byService) {
    writer.message(REQUEST_RESOURCE_SPANS, () => {
      if (service !== "") writer.message(RESOURCE_SPANS_RESOURCE, () => writeText(writer, RESOURCE_ATTRIBUTES, "service.name", service));
      writer.message(RESOURCE_SPANS_SCOPE_SPANS, () => {
        for (const one of group) writer.message(SCOPE_SPANS_SPANS, () => writeSpan(writer, one));
      });
    });
  }
  return decodeExportRequest(writer.finish(), limits);
}

/** Codes of OTLP; a span without a kind is local work. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["SERVER", 2],
  ["CLIENT", 3],
  ["PRODUCER", 4],
  ["CONSUMER", 5],
]);

function writeSpan(writer: WireWriter, { span, place, endpoint }: ZipkinSpan): void {
  writeId(writer, SPAN_TRACE_ID, span, "traceId", place);
  writeId(writer, SPAN_SPAN_ID, span, "id", place);
  writeId(writer, SPAN_PARENT_ID, span, "parentId", place);
  const name = textOf(span, "name", place);
  if (name !== "") writer.text(SPAN_NAME, name);
  const kind = KINDS.get(textOf(span, "kind", place).toUpperCase());
  if (kind === undefined) throw wrongAt({ parent: place, step: "kind" }, "must be CLIENT, SERVER, PRODUCER or CONSUMER");
  writer.number(SPAN_KIND, kind);
  const start = microsOf(span, "timestamp", place);
  if (start > 0n) {
    writer.fixed64(SPAN_START, start * 1_000n);
    const end = start + microsOf(span, "duration", place);
    writer.fixed64(SPAN_END, (end < MAX_MICROS ? end : MAX_MICROS) * 1_000n);
  }
  if (endpoint !== null) writeAddress(writer, endpoint.value, endpoint.place, "local");
  const remote = childOf(span, "remoteEndpoint", place);
  if (remote !== null) {
    const service = textOf(remote.value, "serviceName", remote.place);
    if (service !== "") writeText(writer, SPAN_ATTRIBUTES, "peer.service", service);
    writeAddress(writer, remote.value, remote.place, "peer");
  }
  if (flagOf(span, "shared", place)) {
    writeAttribute(writer, SPAN_ATTRIBUTES, "zipkin.shared", () => writer.number(VALUE_BOOL, 1));
  }
  const error = writeTags(writer, span, place);
  writeAnnotations(writer, span, place);
  // The tag `error` means failure by being there (openzipkin/zipkin-api, zipkin2-api.yaml); Envoy writes true, others a message.
  if (error === null || error === "false") return;
  writer.message(SPAN_STATUS, () => {
    if (error !== "" && error !== "true") writer.text(STATUS_MESSAGE, error);
    writer.number(STATUS_CODE, STATUS_CODE_ERROR);
  });
}

/** The answer is the tag `error`, `null` = not there. */
function writeTags(writer: WireWriter, span: JsonObject, place: Place): string | null {
  const tags = childOf(span, "tags", place);
  let error: string | null = null;
  for (const [key, value] of Object.entries(tags?.value ?? {})) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      throw wrongAt({ parent: tags?.place ?? place, step: key }, "must be text");
    const text = String(value);
    if (key === "error") error = text;
    writeText(writer, SPAN_ATTRIBUTES, key, text);
  }
  return error;
}

function writeAnnotations(writer: WireWriter, span: JsonObject, place: Place): void {
  eachOf(span, "annotations", place, (annotation, at) => {
    writer.message(SPAN_EVENTS, () => {
      writer.fixed64(EVENT_TIME, microsOf(annotation, "timestamp", at) * 1_000n);
      const value = textOf(annotation, "value", at);
      if (value !== "") writer.text(EVENT_NAME, value);
    });
  });
}

function writeAddress(writer: WireWriter, endpoint: JsonObject, place: Place, side: "local" | "peer"): void {
  const address = textOf(endpoint, "ipv4", place) || textOf(endpoint, "ipv6", place);
  const port = wholeOf(endpoint, "port", place);
  if (address !== "") writeText(writer, SPAN_ATTRIBUTES, `network.${side}.address`, address);
  if (port > 0) writeAttribute(writer, SPAN_ATTRIBUTES, `network.${side}.port`, () => writer.int64(VALUE_INT, BigInt(port)));
}

function writeText(writer: WireWriter, tag: number, key: string, value: string): void {
  writeAttribute(writer, tag, key, () => writer.text(VALUE_STRING, value));
}

function writeAttribute(writer: WireWriter, tag: number, key: string, writeValue: () => void): void {
  writer.message(tag, () => {
    writer.text(KEY_VALUE_KEY, key);
    writer.message(KEY_VALUE_VALUE, writeValue);
  });
}

const HEX = /^[\da-fA-F]*$/;

/** Zipkin fills ids up with zeros at the front: 64-bit trace ids are as good as 128-bit ones. */
function writeId(writer: WireWriter, tag: number, span: JsonObject, key: string, place: Place): void {
  const text = textOf(span, key, place);
  if (text === "") return;
  if (!HEX.test(text)) throw wrongAt({ parent: place, step: key }, "must be hex digits");
  const digits = tag === SPAN_TRACE_ID ? 32 : 16;
  const whole = text.length <= digits ? text.padStart(digits, "0") : text.padStart(text.length + (text.length % 2), "0");
  writer.block(tag, Buffer.from(whole, "hex"));
}

function wholeOf(owner: JsonObject, key: string, place: Place): number {
  const value = owner[key];
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw wrongAt({ parent: place, step: key }, "must be a whole number");
  return value;
}

/** 2^64 nanoseconds, as far as OTLP can tell. */
const MAX_MICROS = 18_446_744_073_709_551n;

function microsOf(owner: JsonObject, key: string, place: Place): bigint {
  const value = owner[key];
  if (value === undefined || value === null) return 0n;
  const at = { parent: place, step: key };
  const micros = int64Of(value, at, false);
  if (micros > MAX_MICROS) throw wrongAt(at, "is past the end of time");
  return micros;
}

function flagOf(owner: JsonObject, key: string, place: Place): boolean {
  const value = owner[key];
  if (value !== undefined && value !== null && typeof value !== "boolean")
    throw wrongAt({ parent: place, step: key }, "must be true or false");
  return value === true;
}
