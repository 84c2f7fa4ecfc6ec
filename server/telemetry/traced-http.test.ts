import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";

import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher, HttpGet } from "#lib/ports/http-fetcher.ts";

import { recordSpans } from "./testing/record-spans.ts";
import { traceHttp } from "./traced-http.ts";

const answerOf = (status: number): Result<HttpAnswer> => ok({ status, mediaType: null, text: "", elapsedMs: 1 });
const get = (url: string): HttpGet => ({ url, timeoutMs: 1_000, maxBytes: 1_000 });

function fetcherOf(answer: Result<HttpAnswer>): HttpFetcher & { asked: HttpGet[] } {
  const asked: HttpGet[] = [];
  return {
    asked,
    get: async (request) => {
      asked.push(request);
      return answer;
    },
  };
}

describe("traceHttp", () => {
  it("makes one span of a question and changes neither it nor the answer", async () => {
    const { tracing, spans } = recordSpans();
    const answer = answerOf(200);
    const inner = fetcherOf(answer);
    const question = get("http://127.0.0.1:9901/stats/prometheus?usedonly");
    expect(await traceHttp(inner, tracing.tracer).get(question)).toBe(answer);
    expect(inner.asked).toEqual([question]);
    expect(inner.asked[0]).toBe(question);
    expect(spans()).toHaveLength(1);
    expect(spans()[0]).toMatchObject({ name: "GET", kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
    expect(spans()[0]?.attributes).toEqual({
      "http.request.method": "GET",
      "url.full": "http://127.0.0.1:9901/stats/prometheus?usedonly",
      "server.address": "127.0.0.1",
      "server.port": 9901,
      "http.response.status_code": 200,
    });
  });

  it.each([
    [
      "https://traces.example/api?service=cart&key=hunter2",
      "https://traces.example/api?service=REDACTED&key=REDACTED",
      "traces.example",
      443,
    ],
    ["http://me:hunter2@[::1]/a?b=hunter2=c#hunter2", "http://[::1]/a?b=REDACTED", "::1", 80],
  ])("tells of %s where it leads, and no value of its query", async (url, full, address, port) => {
    const { tracing, spans } = recordSpans();
    await traceHttp(fetcherOf(answerOf(200)), tracing.tracer).get(get(url));
    expect(spans()[0]?.attributes).toMatchObject({ "url.full": full, "server.address": address, "server.port": port });
    expect(JSON.stringify(spans()[0]?.attributes)).not.toContain("hunter2");
  });

  it("says what went wrong: by the status, or by the error where there was no answer", async () => {
    const { tracing, spans } = recordSpans();
    await traceHttp(fetcherOf(answerOf(503)), tracing.tracer).get(get("http://a.example/"));
    await traceHttp(fetcherOf(err(new WeftError("TIMEOUT", "a.example did not answer."))), tracing.tracer).get(get("http://a.example/"));
    expect(spans().map(({ attributes, status }) => [attributes["http.response.status_code"], attributes["error.type"], status])).toEqual([
      [503, "503", { code: SpanStatusCode.ERROR }],
      [undefined, "TIMEOUT", { code: SpanStatusCode.ERROR, message: "a.example did not answer." }],
    ]);
  });

  it("hands on an address that is none", async () => {
    const { tracing, spans } = recordSpans();
    const refusal = err(new WeftError("INVALID", "no URL"));
    expect(await traceHttp(fetcherOf(refusal), tracing.tracer).get(get("nowhere"))).toBe(refusal);
    expect(spans()[0]?.attributes).toEqual({ "http.request.method": "GET", "error.type": "INVALID" });
  });

  it("belongs to what caused it, over every wait, and else to nothing", async () => {
    const { tracing, spans } = recordSpans();
    const http = traceHttp(fetcherOf(answerOf(200)), tracing.tracer);
    await tracing.tracer.startActiveSpan("request", async (request) => {
      await Promise.resolve();
      await Promise.all([http.get(get("http://a.example/")), http.get(get("http://b.example/"))]);
      request.end();
    });
    await http.get(get("http://c.example/"));
    const request = spans()
      .find(({ name }) => name === "request")
      ?.spanContext();
    const questions = spans().filter(({ name }) => name === "GET");
    expect(questions.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([request?.spanId, request?.spanId, undefined]);
    expect(questions[2]?.spanContext().traceId).not.toBe(request?.traceId);
  });
});
