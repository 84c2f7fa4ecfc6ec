import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";

import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";
import { spanIds } from "./log-ids.ts";
import { addRequestSpans } from "./request-spans.ts";
import { recordSpans } from "./testing/record-spans.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(): Promise<{ weft: TestConsole; spans: () => ReadableSpan[] }> {
  const { tracing, spans } = recordSpans();
  const weft = await openConsole({ tracing });
  ends.push(() => weft.close());
  return { weft, spans };
}

/** A surface with one call that a test decides about. */
function surface(): { app: FastifyInstance; lines: string[]; spans: () => ReadableSpan[] } {
  const { tracing, spans } = recordSpans();
  const lines: string[] = [];
  const app = Fastify({ logger: { level: "info", mixin: spanIds, stream: { write: (line: string) => void lines.push(line) } } });
  addRequestSpans(app, tracing);
  ends.push(() => app.close());
  return { app, lines, spans };
}

describe("a call of the API", () => {
  it("is a span of the server, named by its route, with the conventions' attributes", async () => {
    const { weft, spans } = await open();
    await weft.get("/api/graph?window=60s");
    expect(spans()).toHaveLength(1);
    expect(spans()[0]).toMatchObject({ name: "GET /api/graph", kind: SpanKind.SERVER, status: { code: SpanStatusCode.UNSET } });
    expect(spans()[0]?.attributes).toEqual({
      "http.request.method": "GET",
      "http.route": "/api/graph",
      "http.response.status_code": 200,
      "url.path": "/api/graph",
      "url.scheme": "http",
    });
    expect(spans()[0]?.resource.attributes).toMatchObject({
      "service.name": "weft",
      "service.namespace": "weft",
      "service.version": expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it("that is refused by a guard or wrongly asked is a span without an error", async () => {
    const { weft, spans } = await open();
    await weft.get("/api/graph", { host: "evil.example" });
    await weft.get("/api/graph?window=soon");
    expect(
      spans().map(({ attributes, status }) => [attributes["http.response.status_code"], status.code, attributes["error.type"]]),
    ).toEqual([
      [403, SpanStatusCode.UNSET, undefined],
      [400, SpanStatusCode.UNSET, undefined],
    ]);
  });

  it.each([
    ["an error nobody foresaw", new Error("boom"), 500],
    ["a source that failed", new WeftError("TIMEOUT", "late"), 504],
  ])("that ends with %s has the status of an error", async (_name, error, status) => {
    const { app, spans } = surface();
    app.setErrorHandler((_error, _request, reply) => reply.code(status).send({}));
    app.get("/api/graph", () => Promise.reject(error));
    await app.inject("/api/graph");
    expect(spans()[0]).toMatchObject({ status: { code: SpanStatusCode.ERROR } });
    expect(spans()[0]?.attributes).toMatchObject({ "http.response.status_code": status, "error.type": String(status) });
  });

  it("goes on with its caller's trace, and with its decision not to sample", async () => {
    const { weft, spans } = await open();
    const [traceId, parent] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    await weft.get("/api/graph", { traceparent: `00-${traceId}-${parent}-01` });
    await weft.get("/api/graph", { traceparent: `00-${traceId}-${parent}-00` });
    await weft.get("/api/graph", { traceparent: "nonsense" });
    expect(spans()).toHaveLength(2);
    expect(spans()[0]?.spanContext().traceId).toBe(traceId);
    expect(spans()[0]?.parentSpanContext).toMatchObject({ spanId: parent, isRemote: true });
    expect(spans()[1]?.parentSpanContext).toBeUndefined();
  });

  it("ends when its caller goes away, without a status that nobody got", async () => {
    const { app, spans } = surface();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<object>();
    const left = Promise.withResolvers<void>();
    app.get("/api/slow", (_request, reply) => {
      reply.raw.once("close", () => left.resolve());
      asked.resolve();
      return answer.promise;
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("GET /api/slow HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await asked.promise;
    socket.destroy();
    await left.promise;
    expect(spans()).toHaveLength(1);
    expect(spans()[0]?.attributes).not.toHaveProperty("http.response.status_code");
    answer.resolve({});
  });
});

describe("what is left out", () => {
  it("is everything but calls of the API", async () => {
    const { weft, spans } = await open();
    for (const url of ["/healthz", "/readyz", "/metrics", "/", "/services", "/nowhere", "/api/nowhere"]) await weft.get(url);
    expect(spans()).toEqual([]);
    await weft.get("/api/session");
    expect(spans()).toHaveLength(1);
  });

  it("is the live stream, which lasts as long as a page is open", async () => {
    const { weft, spans } = await open();
    await weft.app.listen({ host: "127.0.0.1", port: 0 });
    const port = (weft.app.server.address() as AddressInfo).port;
    const stream = await fetch(`http://127.0.0.1:${port}/api/live?topics=graph`, {
      headers: { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
    });
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
    expect(spans()).toEqual([]);
  });
});

describe("log lines", () => {
  it("carry the ids of the call they belong to, with a body and without", async () => {
    const { app, lines, spans } = surface();
    app.route({
      method: "GET",
      url: "/api/read",
      handler: async (request) => {
        await Promise.resolve();
        request.log.info("read");
        return {};
      },
    });
    const headSeen = Promise.withResolvers<void>();
    app.route({
      method: "POST",
      url: "/api/write",
      onRequest: (_request, _reply, done) => {
        headSeen.resolve();
        done();
      },
      handler: async (request) => {
        request.log.info("written");
        return {};
      },
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/api/read`)).text();
    // The body comes after the head was seen: it is read in events that the connection brings.
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /api/write HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n");
    await headSeen.promise;
    socket.write('{"a":1}');
    await once(socket, "data");
    socket.destroy();
    const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "read" || msg === "written");
    expect(told.map(({ msg, trace_id, span_id }) => [msg, trace_id, span_id])).toEqual(
      spans().map((span, index) => [index === 0 ? "read" : "written", span.spanContext().traceId, span.spanContext().spanId]),
    );
    expect(new Set(told.map(({ trace_id }) => trace_id)).size).toBe(2);
  });

  it("carry none where no span is active", () => {
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(spanIds()).toEqual({});
  });
});
