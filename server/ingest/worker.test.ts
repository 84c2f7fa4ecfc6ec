import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { SpanKind, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encodeOtlp, otlpType } from "#collectors/shared/otlp/testing/otlp-proto.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { openSpanStore, type SpanStoreOptions } from "../stores/spans/span-store.ts";
import { startIngest, type Ingest } from "./ingest.ts";
import { JSON_TYPE, PROTOBUF, send, type Received } from "./testing/http-client.ts";

const SOON = { timeout: 15_000 };

let dir: string;
let where: SpanStoreOptions;
let ingest: Ingest;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "weft-ingest-"));
  where = { dir, maxBytes: 1024 * 1024 * 1024, maxAgeMs: 10 * 365 * 86_400_000, isDurable: true };
  ingest = await startIngest({ host: "127.0.0.1", ports: { http: 0, grpc: 0, zipkin: 0 }, store: where, ...createFakeTime() });
});

afterAll(async () => {
  await ingest.stop();
  await rm(dir, { recursive: true });
});

/** Spans that are on disk, read by a store of its own. */
function kept(): number {
  const store = openSpanStore(where);
  try {
    return store.stats().spans;
  } finally {
    store.close();
  }
}

const hex = (byte: string, bytes: number): string => byte.repeat(bytes);
const nowNano = (): string => String(BigInt(Date.now()) * 1_000_000n);

function requestOf(traceId: string, spanId: string): object {
  const times = { startTimeUnixNano: nowNano(), endTimeUnixNano: nowNano() };
  return { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, spanId, name: "GET /", kind: 2, ...times }] }] }] };
}

const post = (path: string, headers: Record<string, string>, body: Buffer | string): Promise<Received> =>
  send(`${ingest.addresses.http}${path}`, { headers, body });

describe("the whole intake", () => {
  it.each([
    { name: "protobuf over HTTP", exporter: () => new ProtobufExporter({ url: `${ingest.addresses.http}/v1/traces` }) },
    { name: "gRPC", exporter: () => new GrpcExporter({ url: `http://${ingest.addresses.grpc}` }) },
  ])("keeps every span that an OpenTelemetry SDK sends by $name", async ({ exporter }) => {
    const before = kept();
    const sdk = new NodeSDK({ traceExporter: exporter(), serviceName: "cart", autoDetectResources: false, instrumentations: [] });
    sdk.start();
    const tracer = trace.getTracer("test");
    for (let index = 0; index < 700; index++) tracer.startSpan(`GET /${index}`, { kind: SpanKind.SERVER, attributes: { index } }).end();
    await sdk.shutdown();
    trace.disable();
    expect(kept() - before, "what was acknowledged is on disk").toBe(700);
  });

  it("takes OTLP in JSON, with gzip, and counts a span that comes twice once", async () => {
    const body = JSON.stringify(requestOf(hex("ab", 16), hex("01", 8)));
    const first = await post("/v1/traces", { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(body));
    expect([first.status, first.text]).toEqual([200, "{}"]);
    const once = kept();
    const again = await post("/v1/traces", { "content-type": "application/json; charset=utf-8" }, body);
    expect([again.status, again.text, kept()]).toEqual([200, "{}", once]);
  });

  it("takes Zipkin's JSON", async () => {
    const before = kept();
    const spans = [{ traceId: hex("cd", 16), id: hex("01", 8), name: "get", kind: "SERVER", timestamp: Date.now() * 1000, duration: 5 }];
    expect(await send(`${ingest.addresses.zipkin}/api/v2/spans`, { headers: JSON_TYPE, body: JSON.stringify(spans) })).toMatchObject({
      status: 202,
    });
    expect(kept() - before).toBe(1);
  });

  it("rejects spans with bad ids, keeps the others, and says so in the form of the request", async () => {
    const before = kept();
    const good = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: "good", kind: 2 };
    const message = { resourceSpans: [{ scopeSpans: [{ spans: [good, { ...good, traceId: Buffer.alloc(3, 1) }] }] }] };
    const sent = await post("/v1/traces", PROTOBUF, Buffer.from(encodeOtlp("ExportTraceServiceRequest", message)));
    expect(sent.status).toBe(200);
    expect(otlpType("ExportTraceServiceResponse").decode(sent.bytes).toJSON()).toEqual({
      partialSuccess: { rejectedSpans: "1", errorMessage: "A trace id has 3 bytes instead of 16." },
    });
    expect(kept() - before).toBe(1);
  });

  it.each([
    { name: "protobuf that is none", path: "/v1/traces", headers: PROTOBUF, body: Buffer.from([0x0a, 0xff, 0x01]) },
    { name: "metrics that are none", path: "/v1/metrics", headers: PROTOBUF, body: Buffer.from([0x0a, 0xff, 0x01]) },
    { name: "logs that are none", path: "/v1/logs", headers: PROTOBUF, body: Buffer.from([0x0a, 0xff, 0x01]) },
  ])("refuses $name with a google.rpc.Status", async ({ path, headers, body }) => {
    const sent = await post(path, headers, body);
    expect(sent.status).toBe(400);
    expect(otlpType("RpcStatus").decode(sent.bytes).toJSON()).toEqual({ code: 3, message: expect.stringMatching(/\w{3}/) });
  });

  it.each([
    { name: "JSON that is none", path: "/v1/traces", body: "{" },
    { name: "text that is not UTF-8", path: "/v1/traces", body: Buffer.from([0x22, 0xff, 0x22]) },
    { name: "JSON of another shape", path: "/v1/traces", body: '{"resourceSpans":7}' },
    { name: "metrics of another shape", path: "/v1/metrics", body: "[]" },
    { name: "logs that are none", path: "/v1/logs", body: "nothing" },
  ])("refuses $name with a google.rpc.Status in JSON", async ({ path, body }) => {
    const sent = await post(path, JSON_TYPE, body);
    expect([sent.status, sent.json()]).toEqual([400, { code: 3, message: expect.stringMatching(/\w{3}/) }]);
  });

  it("takes metrics and logs, counts them, and says that it does not keep them", async () => {
    const metrics = {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints: [{ asDouble: 1 }, { asDouble: 2 }] } }] }] }],
    };
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: "INFO" }] }] }] };
    expect((await post("/v1/metrics", PROTOBUF, Buffer.from(encodeOtlp("ExportMetricsServiceRequest", metrics)))).status).toBe(200);
    expect((await post("/v1/logs", JSON_TYPE, JSON.stringify(logs))).status).toBe(200);
    await expect.poll(() => ingest.stats().counts, SOON).toMatchObject({ metricPoints: 2, logRecords: 1 });
    expect(ingest.status().findings.map(({ text }) => text)).toContain(
      "2 metric data points and 1 log record were accepted and counted; Weft keeps traces only.",
    );
  });

  it("says where its spans can be read", () => {
    expect(ingest.location()?.startsWith(dir)).toBe(true);
  });
});
