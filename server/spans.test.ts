import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { parseOptions } from "./config/options.ts";
import { type SpanParts, type Spans, startSpans } from "./spans.ts";
import { systemClock, systemScheduler } from "./telemetry/system-time.ts";

let dataDir = "";
let taken: Server;
let takenPort = 0;
const running: Spans[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "weft-spans-"));
  taken = createServer();
  await new Promise<void>((done) => void taken.listen(0, "127.0.0.1", done));
  takenPort = (taken.address() as AddressInfo).port;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((spans) => spans.stop()));
  await new Promise((done) => void taken.close(done));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: object, parts: Partial<SpanParts> = {}): Promise<Spans | null> {
  const spans = await startSpans(parseOptions(options), { dataDir, clock: systemClock, scheduler: systemScheduler, ...parts });
  if (spans !== null) running.push(spans);
  return spans;
}

describe("startSpans", () => {
  it("leaves a usual port to whoever has it, opens the others, and says so", async () => {
    const spans = await start({}, { usualPorts: { http: takenPort, grpc: 0, zipkin: 0 } });
    expect(spans?.ingest.addresses).toMatchObject({ http: null, grpc: expect.any(String), zipkin: expect.any(String) });
    expect(spans?.feed.status().findings).toContainEqual({
      subject: `port ${takenPort}`,
      text: `Port ${takenPort} for OTLP over HTTP is taken, so it stays closed`,
      mend: "Stop what listens there, or choose another with --otlp-http",
    });
  });

  it("does not start without a port that was asked for", async () => {
    await expect(start({ otlpHttp: takenPort, otlpGrpc: 0, zipkin: "off" })).rejects.toMatchObject({
      code: "CONFLICT",
      field: "--otlp-http",
    });
  });

  it("keeps nothing where every way in is turned off", async () => {
    expect(await start({ otlpHttp: "off", otlpGrpc: "off", zipkin: "off" })).toBeNull();
  });

  it("turns what is sent into an archive", async () => {
    const spans = await start({ otlpHttp: 0, otlpGrpc: "off", zipkin: "off" });
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const response = await fetch(`${spans?.ingest.addresses.http}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        resourceSpans: [
          {
            resource: { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] },
            scopeSpans: [
              {
                spans: [{ traceId, spanId: "00f067aa0ba902b7", name: "GET /cart", kind: 2, startTimeUnixNano: "1", endTimeUnixNano: "2" }],
              },
            ],
          },
        ],
      }),
    });
    expect(response.status).toBe(200);
    expect(await spans?.archive.trace(traceId)).toMatchObject({ ok: true, value: { value: { spans: [{ name: "GET /cart" }] } } });
    expect(spans?.feed.status()).toMatchObject({ id: "spans", kind: "otlp", state: "healthy" });
  });
});
