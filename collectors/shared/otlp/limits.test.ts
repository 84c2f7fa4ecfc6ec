import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Span } from "#lib/model/trace.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";

import { decodeExportRequest } from "./decode-export.ts";
import { decodeExportJson } from "./json/decode-export-json.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { decodeResource } from "./read-resource.ts";
import { decodeSpan } from "./read-span.ts";
import { SpanScan } from "./span-scan.ts";
import { encodeRequest, exportRequest } from "./testing/arbitraries.ts";
import { encodeOtlp, otlpType } from "./testing/otlp-proto.ts";
import { WireReader } from "./wire-reader.ts";

const ids = { traceId: "0a".repeat(16), spanId: "0b".repeat(8) };
const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const request = (span: object, resource: object = {}): object => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...ids, ...span }] }] }],
});

interface Kept {
  record: SpanRecord;
  span: Span;
  /** The counts of what was dropped, as the reference library reads them. */
  dropped: unknown[];
}

/** The one span of a request, as its record and as it reads back. */
function keptOf(bytes: Uint8Array): Kept {
  const { records, rejected } = decodeExportRequest(bytes, SPAN_LIMITS);
  const [record] = records;
  if (record === undefined || rejected > 0) throw new Error("The span was not kept.");
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = otlpType("Span").decode(record.body).toJSON();
  const dropped = [droppedAttributesCount, droppedEventsCount, droppedLinksCount];
  return { record, span: decodeSpan(record.body, { startUnixNano: 0n, resource: 0 }), dropped };
}

function kept(span: object, resource?: object): Kept {
  return keptOf(encodeRequest(request(span, resource)));
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** One field of bytes, for messages that the reference library would not write. */
function wrap(tag: number, inner: Buffer): Buffer {
  const length: number[] = [];
  let rest = inner.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([tag, ...length, rest]), inner]);
}

/** Lists in one another around a text. */
function nested(depth: number): object {
  return depth === 0 ? { stringValue: "core" } : { arrayValue: { values: [nested(depth - 1)] } };
}

describe("what is kept of a span", () => {
  it("is everything at the limits", () => {
    const { record, span, dropped } = kept({
      name: "é".repeat(512),
      attributes: many(128, (index) => attribute(`k${index}`, index === 0 ? "x".repeat(4096) : "v")),
      events: many(128, () => ({ name: "e" })),
      links: many(128, () => ids),
      status: { message: "m".repeat(4096) },
    });
    expect([span.cut, span.attributes.length, span.events.length, span.links.length, dropped]).toEqual([
      [],
      128,
      128,
      128,
      [undefined, undefined, undefined],
    ]);
    expect(record.name).toBe("é".repeat(512));
  });

  it("is 128 attributes, and those that tell failure and version before others", () => {
    // By hand: the reference library takes seconds for it.
    const one = wrap(0x4a, Buffer.from(encodeOtlp("KeyValue", attribute("k", "v"))));
    const { traceId, spanId } = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };
    const last = [attribute("http.status_code", "503"), attribute("peer.service", "cart")];
    const sent = Buffer.concat([
      encodeOtlp("Span", { traceId, spanId, kind: 3, droppedAttributesCount: 7 }),
      Buffer.alloc(999_998 * one.length, one),
      encodeOtlp("Span", { attributes: last }),
    ]);
    const { record, span, dropped } = keptOf(wrap(0x0a, wrap(0x12, wrap(0x12, sent))));
    expect(span.cut).toEqual(["kept 128 of 1,000,000 attributes"]);
    expect([span.attributes.length, span.attributes[125]?.key, span.attributes[126]?.key]).toEqual([128, "k", "http.status_code"]);
    expect([record.isError, span.isError, record.peer]).toEqual([true, true, "cart"]);
    expect(dropped[0]).toBe(999_872 + 7);
    // Neither the body nor anything else of the record holds on to the request.
    expect(record.body.length).toBeLessThan(4_000);
    expect(record.body.buffer.byteLength).toBeLessThan(16_000);
    expect(record.traceId.buffer).toBe(record.body.buffer);
  });

  it("is the beginning of a long value", () => {
    const { record, span } = kept({ attributes: [attribute("http.url", "x".repeat(10_485_760)), attribute("other", "y")] });
    expect(span.attributes).toEqual([
      { key: "http.url", value: "x".repeat(4096), isCut: true },
      { key: "other", value: "y" },
    ]);
    expect(span.cut).toEqual(["http.url kept 4,096 of 10,485,760 bytes"]);
    expect(record.body.buffer.byteLength).toBeLessThan(16_000);
  });

  it("is both at once, in one sentence", () => {
    const { span } = kept({ attributes: [attribute("http.url", "x".repeat(5_000)), ...many(199, (index) => attribute(`k${index}`, "v"))] });
    expect(span.cut).toEqual(["http.url kept 4,096 of 5,000 bytes; kept 128 of 200 attributes"]);
  });

  it("never ends inside a character", () => {
    const { span } = kept({ attributes: [attribute("a", `x${"💥".repeat(2_000)}`)] });
    expect(span.attributes[0]?.value).toBe(`x${"💥".repeat(1_023)}`);
  });

  it("is the beginning of long bytes, lists and maps", () => {
    const long = { stringValue: "z".repeat(3_000) };
    const { span } = kept({
      attributes: [
        { key: "bytes", value: { bytesValue: Buffer.alloc(9_000, 1).toString("base64") } },
        { key: "list", value: { arrayValue: { values: [{ intValue: "-7" }, long, long, { boolValue: true }] } } },
        {
          key: "map",
          value: {
            kvlistValue: {
              values: [
                { key: "n", value: { doubleValue: 0.5 } },
                { key: "a", value: long },
                { key: "b", value: long },
              ],
            },
          },
        },
        { key: "numbers", value: { arrayValue: { values: many(5_000, () => ({ intValue: "-1" })) } } },
      ],
    });
    expect(span.attributes.map(({ isCut }) => isCut)).toEqual([true, true, true, true]);
    expect(Buffer.from(span.attributes[0]?.value ?? "", "base64").length).toBe(4_096);
    const list: unknown = JSON.parse(span.attributes[1]?.value ?? "");
    expect(list).toEqual([-7, long.stringValue, expect.stringMatching(/^z{1000,1090}$/)]);
    expect(JSON.parse(span.attributes[2]?.value ?? "")).toMatchObject({
      n: 0.5,
      a: long.stringValue,
      b: expect.stringMatching(/^z{1000,1090}$/),
    });
    expect(JSON.parse(span.attributes[3]?.value ?? "").length).toBeGreaterThan(290);
  });

  it("is eight lists in one another", () => {
    const { span } = kept({
      attributes: [
        { key: "eight", value: nested(8) },
        { key: "nine", value: nested(9) },
      ],
    });
    expect(span.attributes).toEqual([
      { key: "eight", value: `[[[[[[[["core"]]]]]]]]` },
      { key: "nine", value: `[[[[[[[[null]]]]]]]]`, isCut: true },
    ]);
    expect(span.cut).toEqual(["nine kept 8 levels of nesting"]);
  });

  it("survives nesting without end, in both forms", () => {
    // By hand: the reference library would exhaust its own stack.
    let bytes: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 3_000; depth += 1) bytes = wrap(0x2a, wrap(0x0a, bytes));
    const span = encodeOtlp("Span", { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) });
    const whole = wrap(0x0a, wrap(0x12, wrap(0x12, Buffer.concat([span, wrap(0x4a, wrap(0x12, bytes))]))));
    const [record] = decodeExportRequest(whole, SPAN_LIMITS).records;
    expect(record && decodeSpan(record.body, { startUnixNano: 0n, resource: 0 }).attributes).toEqual([
      { key: "", value: "[[[[[[[[null]]]]]]]]", isCut: true },
    ]);
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${"01".repeat(16)}","spanId":"${"01".repeat(8)}","attributes":[{"value":${'{"arrayValue":{"values":['.repeat(3_000)}${"]}}".repeat(3_000)}}]}]}]}]}`;
    const [again] = decodeExportJson(text, SPAN_LIMITS).records;
    expect(again && decodeSpan(again.body, { startUnixNano: 0n, resource: 0 }).attributes).toEqual([
      { key: "", value: "[[[[[[[[null]]]]]]]]", isCut: true },
    ]);
  });

  it("is 128 events and links, and counts the others", () => {
    const { span, dropped } = kept({
      events: many(130, (index) => ({ name: `e${index}`, timeUnixNano: "5" })),
      links: [...many(3, () => ({ traceId: "0a", spanId: "0b" })), ...many(131, () => ids)],
      droppedEventsCount: 4_294_967_295,
      droppedLinksCount: 1,
    });
    expect([span.events.length, span.links.length, dropped]).toEqual([128, 128, [undefined, 4_294_967_295, 7]]);
    expect(span.cut).toEqual(["kept 128 of 130 events; left out 3 links whose ids have a wrong length; kept 128 of 131 links"]);
  });

  it("is the same for the attributes of events and links", () => {
    const attributes = [attribute("stack", "s".repeat(5_000)), ...many(199, (index) => attribute(`k${index}`, "v"))];
    const { span } = kept({ events: [{ name: "exception", attributes }], links: [{ ...ids, attributes }] });
    expect([span.events[0]?.attributes.length, span.links[0]?.attributes.length]).toEqual([128, 128]);
    expect(span.events[0]?.attributes[0]).toEqual({ key: "stack", value: "s".repeat(4_096), isCut: true });
    expect(span.cut).toEqual([
      "event exception: stack kept 4,096 of 5,000 bytes; kept 128 of 200 attributes of event exception; " +
        "link: stack kept 4,096 of 5,000 bytes; kept 128 of 200 attributes of link",
    ]);
  });

  it("is the beginning of long names, messages, states and keys", () => {
    const { record, span } = kept({
      name: "n".repeat(100_000),
      traceState: "t".repeat(10_000),
      status: { message: "m".repeat(10_000), code: 2 },
      attributes: [attribute("k".repeat(1_000), "v")],
      events: [{ name: "e".repeat(1_000) }],
    });
    expect([record.name, span.name, span.statusMessage, span.events[0]?.name]).toEqual([
      "n".repeat(512),
      "n".repeat(512),
      "m".repeat(4_096),
      "e".repeat(512),
    ]);
    expect(span.attributes).toEqual([{ key: "k".repeat(512), value: "v" }]);
    expect(span.cut[0]).toContain("the trace state kept 4,096 of 10,000 bytes; the name kept 512 of 100,000 bytes");
    expect([record.status, record.isError]).toEqual(["error", true]);
  });

  it("names a few of many cut values, and counts the rest", () => {
    const { span } = kept({ attributes: many(40, (index) => attribute(`k${index}`, "x".repeat(5_000))) });
    expect(span.cut[0]).toMatch(/^k0 kept 4,096 of 5,000 bytes; .*k4 kept 4,096 of 5,000 bytes; cut 35 more values$/);
  });

  it("spells out what a key could deceive with", () => {
    const { span } = kept({ attributes: [attribute("a\u202Eb", "x".repeat(5_000))] });
    expect(span.cut).toEqual(["a\\u{202e}b kept 4,096 of 5,000 bytes"]);
  });

  it("leaves out unknown fields that are large", () => {
    const bytes = Buffer.from(encodeOtlp("Span", { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: "n" }));
    const unknown = Buffer.alloc(60_000).map((_, index) => [0xf8, 0x01, 0x07][index % 3] ?? 0);
    const span = Buffer.concat([bytes, unknown]);
    const [record] = decodeExportRequest(wrap(0x0a, wrap(0x12, wrap(0x12, span))), SPAN_LIMITS).records;
    expect([record?.name, (record?.body.length ?? 0) < 100]).toEqual(["n", true]);
  });

  it("is within the limits after the cut, whatever came", () => {
    const tight = { attributes: 3, valueBytes: 40, nesting: 1, events: 1, links: 1, nameCharacters: 40, serviceCharacters: 4 };
    const scan = new SpanScan({ ...tight, valueBytes: 4_096 });
    let cut = 0;
    fc.assert(
      fc.property(exportRequest, (sent) => {
        for (const { body, resource } of decodeExportRequest(encodeRequest(sent), tight).records) {
          scan.span(new WireReader(body), body.length);
          expect(scan.isOver).toBe(false);
          if (decodeSpan(body, { startUnixNano: 0n, resource: 0 }).cut.length > 0) cut += 1;
          expect(resource.service.length).toBeLessThanOrEqual("unknown_service".length);
        }
      }),
      { numRuns: 100 },
    );
    expect(cut).toBeGreaterThan(10);
  });

  it("is not cut again when it is exported and sent anew", () => {
    const { record } = kept({ attributes: many(200, (index) => attribute(`k${index}`, "v")) });
    const frame = encodeOtlp("ExportTraceServiceRequest", {
      resourceSpans: [{ scopeSpans: [{ spans: [otlpType("Span").decode(record.body)] }] }],
    });
    const again = decodeExportRequest(frame, SPAN_LIMITS).records[0];
    const base = { startUnixNano: 0n, resource: 0 };
    expect(again && decodeSpan(again.body, base)).toEqual(decodeSpan(record.body, base));
  });
});

describe("what is kept of a resource", () => {
  it("is 256 characters of the names, and 128 attributes with the names first", () => {
    const attributes = [
      ...many(300, (index) => attribute(`k${index}`, "v")),
      attribute("service.name", "s".repeat(1_000)),
      attribute("service.version", "v2"),
    ];
    const { record } = kept({}, { attributes });
    expect([record.resource.service, record.resource.version]).toEqual(["s".repeat(256), "v2"]);
    const resource = decodeResource(record.resource.body);
    expect([resource.service, resource.version, resource.attributes.length]).toEqual(["s".repeat(256), "v2", 129]);
    expect(resource.attributes.slice(-3)).toEqual([
      { key: "service.name", value: "s".repeat(256), isCut: true },
      { key: "service.version", value: "v2" },
      { key: "weft.cut", value: "service.name kept 256 of 1,000 bytes; kept 128 of 302 attributes" },
    ]);
  });
});
