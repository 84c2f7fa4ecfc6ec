import { describe, expect, it } from "vitest";

import { createAnsweringFetcher, type AnsweringFetcher, type Canned } from "#collectors/shared/testing/answering.ts";
import { err, WeftError, type Result } from "#lib/model/errors.ts";
import { Trace, TraceSearch, type TraceFilter } from "#lib/model/trace.ts";
import type { HttpAnswer } from "#lib/ports/http-fetcher.ts";
import type { TraceSource } from "#lib/ports/traces.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";
import { filterOf, traceIdOf } from "#lib/testing/trace-builders.ts";

import { createJaegerSource, type JaegerSourceOptions } from "./source.ts";
import { fakeJaeger, type KeptSpan } from "./testing/fake-jaeger.ts";

const AT_MS = 1_700_000_000_000;

/** One trace a second, every fourth one with a cart of seven, every tenth one failed. */
const SPANS: KeptSpan[] = Array.from({ length: 40 }, (_, index) => ({
  trace: (index + 1).toString(16),
  service: index % 2 === 0 ? "web" : "jobs",
  name: "get /cart",
  atMs: AT_MS + index * 1_000,
  isError: index % 10 === 0,
  attributes: { "cart.size": index % 4 === 0 ? "7" : "1" },
}));

const window = (part: Partial<TraceFilter> = {}): TraceFilter => filterOf({ fromMs: AT_MS - 1, toMs: AT_MS + 60_000, ...part });

function sourceOver(
  answer: (url: URL) => Canned | Result<HttpAnswer>,
  options: Partial<JaegerSourceOptions> = {},
): { source: TraceSource; http: AnsweringFetcher; paths: () => string[] } {
  const http = createAnsweringFetcher(answer);
  const { clock } = createFakeTime();
  const source = createJaegerSource(
    { id: "jaeger", url: "http://jaeger.test/base/", timeoutMs: 1_000, ...options },
    { http, clock, readText: async () => "token" },
  );
  return { source, http, paths: () => http.asked.map(({ url }) => new URL(url).pathname) };
}

/** The same behind the base path. */
const behindBase = (answer: (url: URL) => Canned) => (url: URL) => answer(new URL(url.href.replace("/base/", "/")));

const NEWEST = fakeJaeger(SPANS, { v3: true, v1: false, readsAttributes: true });
const MIDDLE = fakeJaeger(SPANS, { v3: true, v1: true });
const OLDEST = fakeJaeger(SPANS, { v3: false, v1: true });

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

async function found(source: TraceSource, part: Partial<TraceFilter>, limit = 5): Promise<number[]> {
  return valueOf(await source.find(window(part), limit)).value.items.map(({ id }) => Number.parseInt(id, 16) - 1);
}

describe.each([
  ["version 3 alone", NEWEST],
  ["both, where version 3 passes attributes over", MIDDLE],
  ["version 1 alone", OLDEST],
])("the reader of Jaeger over %s", (_name, jaeger) => {
  const over = () => sourceOver(behindBase(jaeger));

  it("lists services with their operations", async () => {
    const { value } = valueOf(await over().source.services());
    const operations = [{ name: "get /cart", kind: "server", spans: null }];
    expect(value).toEqual(["jobs", "web"].map((service) => ({ service, namespace: null, versions: [], operations })));
  });

  it("lists the newest traces, and says that there are more", async () => {
    const { value } = valueOf(await over().source.find(window({ service: "web" }), 3));
    expect(TraceSearch.parse(value)).toEqual(value);
    expect(value.items.map(({ id }) => Number.parseInt(id, 16) - 1)).toEqual([38, 36, 34]);
    expect(value.hasMore).toBe(true);
  });

  it("finds traces of any service", async () => {
    expect(await found(over().source, {})).toEqual([39, 38, 37, 36, 35]);
  });

  it("finds failed ones, also far back", async () => {
    expect(await found(over().source, { service: "web", status: "error" })).toEqual([30, 20, 10, 0]);
    expect(await found(over().source, { service: "jobs", status: "error" })).toEqual([]);
  });

  it("gives a whole trace", async () => {
    const { value } = valueOf(await over().source.trace(traceIdOf("1f")));
    expect(Trace.parse(structuredClone(value))).toEqual(value);
    expect(value).toMatchObject({ id: traceIdOf("1f"), durationMs: 10, spans: [{ name: "get /cart", kind: "server", isError: true }] });
    expect(value.externalUrl).toBeNull();
  });

  it("does not know a trace that is not there", async () => {
    expect(await over().source.trace(traceIdOf("ffff"))).toMatchObject({ ok: false, error: { code: "NOT_FOUND", sourceId: "jaeger" } });
  });

  it("finds nothing where there is nothing", async () => {
    const answer = valueOf(await over().source.find(window({ service: "nobody" }), 5));
    expect(answer).toMatchObject({ coverage: "complete", notices: [], value: { items: [], hasMore: false, searchedTo: null } });
  });
});

/** One trace as an older server's gateway wrote it, on a line. */
function lineOf(trace: string): string {
  const span = {
    traceId: traceIdOf(trace),
    spanId: "00000000000000aa",
    kind: "SPAN_KIND_CLIENT",
    startTimeUnixNano: `${AT_MS + 5}000000`,
    status: { code: "STATUS_CODE_ERROR" },
  };
  return JSON.stringify({ result: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } });
}

describe("the reader of Jaeger", () => {
  it("sends every parameter in both spellings, always with times and a number of traces, for spans as they were sent", async () => {
    const { source, http } = sourceOver(behindBase(NEWEST));
    await source.find(window({ service: "web", operation: "get /cart", minMs: 2, maxMs: 30, version: "v2" }), 5);
    const { pathname, searchParams } = new URL(http.asked.at(-1)?.url ?? "");
    expect(pathname).toBe("/base/api/v3/traces");
    expect(Object.fromEntries(searchParams)).toEqual({
      "query.serviceName": "web",
      "query.service_name": "web",
      "query.operationName": "get /cart",
      "query.operation_name": "get /cart",
      "query.startTimeMin": "2023-11-14T22:13:19.999Z",
      "query.start_time_min": "2023-11-14T22:13:19.999Z",
      "query.startTimeMax": "2023-11-14T22:14:20.000Z",
      "query.start_time_max": "2023-11-14T22:14:20.000Z",
      "query.durationMin": "2000us",
      "query.duration_min": "2000us",
      "query.durationMax": "30000us",
      "query.duration_max": "30000us",
      "query.searchDepth": "200",
      "query.num_traces": "200",
      "query.attributes": '{"service.version":"v2"}',
      "query.rawTraces": "true",
      "query.raw_traces": "true",
    });
  });

  it("finds out once which version it talks to", async () => {
    const { source, paths } = sourceOver(behindBase(OLDEST));
    await source.trace(traceIdOf("1"));
    await source.trace(traceIdOf("2"));
    expect(paths()).toEqual([
      "/base/api/v3/services",
      "/base/api/services",
      `/base/api/traces/${traceIdOf("1")}`,
      `/base/api/traces/${traceIdOf("2")}`,
    ]);
    expect(source.status()).toMatchObject({ state: "healthy", lastError: null });
  });

  it("finds out anew after another server took the place", async () => {
    let jaeger = OLDEST;
    const { source } = sourceOver(behindBase((url) => jaeger(url)));
    await source.trace(traceIdOf("1"));
    jaeger = NEWEST;
    expect(await source.trace(traceIdOf("1"))).toMatchObject({ ok: false, error: { code: "SOURCE_MALFORMED" } });
    expect(await source.trace(traceIdOf("1"))).toMatchObject({ ok: true });
  });

  it("asks each service where the store wants one, and remembers that", async () => {
    const { source, paths } = sourceOver(behindBase(fakeJaeger(SPANS, { v3: true, v1: false, wantsService: true })));
    expect(await found(source, {})).toEqual([39, 38, 37, 36, 35]);
    const before = paths().length;
    expect(await found(source, {})).toEqual([39, 38, 37, 36, 35]);
    expect(paths().slice(before)).toEqual(["/base/api/v3/services", "/base/api/v3/traces", "/base/api/v3/traces"]);
  });

  it("says that not every service was searched", async () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ trace: (index + 1).toString(16), service: `s${index}`, atMs: AT_MS }));
    const { source } = sourceOver(behindBase(fakeJaeger(many, { v3: false, v1: true })));
    const { value, notices, coverage } = valueOf(await source.find(window(), 50));
    expect(value.items).toHaveLength(20);
    expect(value.hasMore).toBe(true);
    expect(coverage).toBe("partial");
    expect(notices.map(({ text }) => text)).toEqual([
      "jaeger searches by service only, and has 25 of them; the first 20 by name were searched.",
    ]);
  });

  it("asks for fewer traces where the server keeps no more", async () => {
    const { source, http } = sourceOver(behindBase(fakeJaeger(SPANS, { v3: true, v1: false, mostTraces: 60 })));
    expect(await found(source, { service: "web" }, 100)).toHaveLength(20);
    expect(http.asked.map(({ url }) => new URL(url).searchParams.get("query.num_traces"))).toEqual([null, "200", "50"]);
    expect(source.status().state).toBe("healthy");
  });

  it.each([
    ["reads attributes", { v3: true, v1: false, readsAttributes: true }],
    ["passes attributes over in version 3", { v3: true, v1: true }],
    ["has version 1 alone", { v3: false, v1: true }],
  ])("finds by attribute what is not among the newest, where the server %s", async (_name, options) => {
    const rare = Array.from({ length: 600 }, (_, index) => ({
      trace: (index + 1).toString(16),
      service: "web",
      atMs: AT_MS + index * 50,
      attributes: { "cart.size": index % 100 === 0 ? "7" : "1" },
    }));
    const { source } = sourceOver(behindBase(fakeJaeger(rare, options)));
    const terms = [{ key: "cart.size", value: "7", isNegated: false }];
    expect(await found(source, { service: "web", terms }, 10)).toEqual([500, 400, 300, 200, 100, 0]);
  });

  it("says what it tested itself", async () => {
    const { source } = sourceOver(behindBase(NEWEST));
    const terms = [{ key: "cart.size", value: "7", isNegated: true }];
    const { value, notices } = valueOf(await source.find(window({ terms }), 3));
    expect(value.items.map(({ id }) => Number.parseInt(id, 16) - 1)).toEqual([39, 38, 37]);
    expect(notices[0]?.text).toBe("jaeger cannot be asked for not cart.size=7; Weft tested that itself on all it gave (40 traces).");
  });

  it("links to its pages where somebody said where they are", async () => {
    const { source } = sourceOver(behindBase(NEWEST), { externalUrl: "https://jaeger.example/base/" });
    expect(valueOf(await source.trace(traceIdOf("1"))).value.externalUrl).toBe(`https://jaeger.example/base/trace/${traceIdOf("1")}`);
  });

  it("reads an answer that was written in several lines, and enums by name", async () => {
    const { source } = sourceOver(({ pathname }) => ({ body: pathname.endsWith("/services") ? {} : `${lineOf("a")}\n${lineOf("b")}\n` }));
    const { value } = valueOf(await source.find(window(), 5));
    expect(value.items.map(({ id, errors, root }) => [id, errors, root.service])).toEqual([
      [traceIdOf("a"), 1, "unknown_service"],
      [traceIdOf("b"), 1, "unknown_service"],
    ]);
  });

  it.each<[string, Canned | Result<HttpAnswer>, string, string]>([
    ["a page at every path", { mediaType: "text/html", body: "<!doctype html>" }, "SOURCE_MALFORMED", "with a web page."],
    ["JSON that is cut off", { body: '{"result":{"resourceSp' }, "SOURCE_MALFORMED", "with JSON that is cut off or broken."],
    ["other JSON", { body: { result: 7 } }, "SOURCE_MALFORMED", "with a wrong 0.result: "],
    [
      "wrong types",
      { body: { result: { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 7 }] }] }] } } },
      "SOURCE_MALFORMED",
      "with a wrong resourceSpans[0].scopeSpans[0].spans[0].traceId.",
    ],
    ["an error inside a good answer", { body: { error: { httpCode: 501, message: "not here" } } }, "SOURCE_REFUSED", "with 501: not here."],
    [
      "404 that is not its own",
      { status: 404, mediaType: "text/plain", body: "404 page not found" },
      "SOURCE_REFUSED",
      "with 404: 404 page not found.",
    ],
    ["a login", { status: 401, mediaType: "text/plain", body: "no" }, "SOURCE_REFUSED", "with 401: no."],
    [
      "nothing",
      err(new WeftError("SOURCE_UNREACHABLE", "jaeger.test refused the connection.")),
      "SOURCE_UNREACHABLE",
      "refused the connection.",
    ],
    ["nothing in time", err(new WeftError("TIMEOUT", "jaeger.test did not answer in time.")), "TIMEOUT", "in time."],
  ])("names %s, with the source and a mend", async (_name, answer, code, text) => {
    const { source } = sourceOver(() => answer);
    const result = await source.find(window({ service: "web" }), 10);
    expect(result).toMatchObject({ ok: false, error: { code, sourceId: "jaeger", message: expect.stringContaining(text) } });
    if (result.ok) return;
    expect(result.error.mend).toMatch(/\S/);
    expect(source.status()).toMatchObject({ state: "down", lastError: result.error.message });
  });

  it("counts spans that it cannot show", async () => {
    const spans = [{ traceId: "abcd", spanId: "00000000000000aa" }];
    const { source } = sourceOver(() => ({ body: { result: { resourceSpans: [{ scopeSpans: [{ spans }] }] } } }));
    const { notices, coverage, value } = valueOf(await source.find(window({ service: "web" }), 5));
    expect(value.items).toEqual([]);
    expect(coverage).toBe("partial");
    expect(notices).toMatchObject([
      { code: "SPANS_REJECTED", text: "jaeger gave 1 span that cannot be shown. A trace id has 2 bytes instead of 16." },
    ]);
  });
});
