import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { afterEach, describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { startSpanExport } from "./span-export.ts";
import { systemScheduler } from "./system-time.ts";
import type { SpanExport } from "./tracing.ts";

const time = createFakeTime();
const running: Server[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await close(server);
});

async function receive(answer: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  running.push(server);
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function close(server: Server): Promise<unknown> {
  const closed = new Promise((resolve) => void server.close(resolve));
  server.closeAllConnections();
  return closed;
}

/** A short limit: with it a repeat's pause does not fit any more. */
function start(url: string): { telemetry: SpanExport; troubles: string[] } {
  const telemetry = startSpanExport({ url, timeoutMs: 300, clock: time.clock, scheduler: systemScheduler });
  const troubles: string[] = [];
  telemetry.onTrouble((text) => troubles.push(text));
  return { telemetry, troubles };
}

function makeSpans(telemetry: SpanExport, count: number): void {
  for (let number = 0; number < count; number++) telemetry.tracer.startSpan(`call ${number}`).end();
}

describe("startSpanExport", () => {
  it.each(["", "/", "/v1/traces"])("sends what waits when it stops, to /v1/traces of http://…%s", async (path) => {
    const came: { request: IncomingMessage; body: Buffer }[] = [];
    const { url } = await receive(async (request, response) => {
      came.push({ request, body: await buffer(request) });
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
    const { telemetry, troubles } = start(`${url}${path}`);
    makeSpans(telemetry, 3);
    await telemetry.stop();
    expect(came.map(({ request }) => [request.method, request.url, request.headers["content-type"]])).toEqual([
      ["POST", "/v1/traces", "application/x-protobuf"],
    ]);
    for (const text of ["call 0", "call 2", "service.namespace", "weft"]) expect(came[0]?.body.includes(text)).toBe(true);
    // Sending makes no spans: nothing is left that would be sent after it, and a trace of it would never end.
    expect(came[0]?.request.headers).not.toHaveProperty("traceparent");
    expect(troubles).toEqual([]);
  });

  it.each([
    ["refuses", (_request, response) => void response.writeHead(400).end(), "Bad Request"],
    ["fails", (_request, response) => void response.writeHead(503).end(), ""],
    ["breaks off", (request) => void request.socket.destroy(), "ECONNRESET"],
  ] satisfies [string, RequestListener, string][])("says so and ends as usual when the receiver %s", async (_how, answer, reason) => {
    const { url } = await receive(answer);
    const { telemetry, troubles } = start(url);
    makeSpans(telemetry, 600);
    await expect(telemetry.stop()).resolves.toBeUndefined();
    expect(troubles[0]).toMatch(/^\d+ spans of Weft's own could not be sent to http:\/\/127\.0\.0\.1:\d+\/v1\/traces: \S/);
    expect(troubles[0]).toContain(reason);
    // Two batches failed in the same minute.
    expect(troubles).toHaveLength(1);
  });

  it("ends as usual when nobody listens, and when nobody answers", async () => {
    const gone = await receive(() => undefined);
    await close(gone.server);
    running.pop();
    const silent = await receive(() => undefined);
    for (const [url, reason] of [
      [gone.url, "ECONNREFUSED"],
      [silent.url, "Request timed out"],
    ] as const) {
      const { telemetry, troubles } = start(url);
      makeSpans(telemetry, 1);
      await expect(telemetry.stop()).resolves.toBeUndefined();
      expect(troubles).toEqual([expect.stringContaining(`1 spans of Weft's own could not be sent to ${url}/v1/traces: ${reason}`)]);
      await telemetry.stop();
      expect(troubles).toHaveLength(1);
    }
  });

  it("keeps a bounded number of spans for a receiver that does not answer", async () => {
    const held: (() => void)[] = [];
    let bytes = 0;
    const first = Promise.withResolvers<void>();
    const { url } = await receive(async (request, response) => {
      bytes += (await buffer(request)).length;
      held.push(() => response.end());
      first.resolve();
    });
    const { telemetry } = start(url);
    makeSpans(telemetry, 100_000);
    await first.promise;
    const stopping = telemetry.stop();
    await stopping;
    for (const answer of held) answer();
    // A span has about 50 bytes here: a hundred thousand of them would be megabytes.
    expect(bytes).toBeLessThan(1_000_000);
  });
});
