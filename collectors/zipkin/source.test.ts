import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createAnsweringFetcher, type AnsweringFetcher, type Canned } from "#collectors/shared/testing/answering.ts";
import { err, WeftError, type Result } from "#lib/model/errors.ts";
import { Trace, TraceSearch, type TraceFilter } from "#lib/model/trace.ts";
import type { HttpAnswer } from "#lib/ports/http-fetcher.ts";
import type { TraceSource } from "#lib/ports/traces.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { createZipkinSource, type ZipkinSourceOptions } from "./source.ts";

/** Recorded from Zipkin 3.6.1. */
const recorded = (name: string): string => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");

const ID_64 = "000000000000000000c0ffee00c0ffee";
/** When the recorded traces began. */
const AT_MS = 1_700_000_000_000;

const window = (part: Partial<TraceFilter> = {}): TraceFilter => filterOf({ fromMs: AT_MS - 1_000, toMs: AT_MS + 60_000, ...part });

function sourceOver(
  answer: (url: URL) => Canned | Result<HttpAnswer>,
  options: Partial<ZipkinSourceOptions> = {},
): { source: TraceSource; http: AnsweringFetcher } {
  const http = createAnsweringFetcher(answer);
  const { clock } = createFakeTime();
  const source = createZipkinSource(
    { id: "old-zipkin", url: "http://zipkin.test/", timeoutMs: 1_000, ...options },
    { http, clock, readText: async () => "token" },
  );
  return { source, http };
}

function recordedZipkin(url: URL): Canned {
  const { pathname } = url;
  if (pathname === "/api/v2/services") return { body: recorded("services") };
  if (pathname === "/api/v2/spans") return { body: url.searchParams.get("serviceName") === "web" ? recorded("span-names-web") : "[]" };
  if (pathname === "/api/v2/traces") return { body: recorded("traces") };
  if (pathname === "/api/v2/trace/00c0ffee00c0ffee") return { body: recorded("trace-64-bit") };
  return { status: 404, mediaType: "text/*", body: `${pathname.split("/").at(-1) ?? ""} not found` };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

describe("the reader of Zipkin over recorded answers", () => {
  it("lists services with their operations", async () => {
    const { source } = sourceOver(recordedZipkin);
    const { value, coverage } = valueOf(await source.services());
    expect(coverage).toBe("complete");
    expect(value.map(({ service }) => service)).toEqual(["jobs", "reviews", "web"]);
    expect(value[2]).toEqual({
      service: "web",
      namespace: null,
      versions: [],
      operations: ["get /cart", "get reviews"].map((name) => ({ name, kind: null, spans: null })),
    });
  });

  it("lists traces newest first, each with what is in it", async () => {
    const { source } = sourceOver(recordedZipkin);
    const { value } = valueOf(await source.find(window(), 10));
    expect(TraceSearch.parse(value)).toEqual(value);
    expect(value.items.map(({ id, spans, errors, durationMs }) => [id, spans, errors, durationMs])).toEqual([
      ["4bf92f3577b34da6a3ce929d0e0e4736", 1, 0, 0.005],
      [ID_64, 3, 1, 120],
    ]);
    expect(value.hasMore).toBe(false);
  });

  it("keeps client and server apart that share one id, and fills a short trace id up", async () => {
    const { source, http } = sourceOver(recordedZipkin);
    const { value } = valueOf(await source.trace(ID_64));
    expect(http.targets).toEqual(["/api/v2/trace/00c0ffee00c0ffee"]);
    expect(Trace.parse(structuredClone(value))).toEqual(value);
    expect(value.spans.map(({ spanId, kind, parentId, isError }) => [spanId.at(-1), kind, parentId?.at(-1) ?? null, isError])).toEqual([
      ["1", "server", null, false],
      ["2", "client", "1", false],
      ["2", "server", "1", true],
    ]);
    expect(value.spans[2]?.events).toEqual([{ name: "cache miss", atMs: 20, attributes: [] }]);
    expect(value.resources.map(({ service }) => service)).toEqual(["web", "reviews"]);
  });

  it("links to its pages where somebody said where they are", async () => {
    const { source } = sourceOver(recordedZipkin, { externalUrl: "https://zipkin.example/" });
    expect(valueOf(await source.trace(ID_64)).value.externalUrl).toBe("https://zipkin.example/zipkin/traces/00c0ffee00c0ffee");
    expect(valueOf(await sourceOver(recordedZipkin).source.trace(ID_64)).value.externalUrl).toBeNull();
  });

  it("tests here what it gave too much of", async () => {
    const { source } = sourceOver(recordedZipkin);
    const found = async (part: Partial<TraceFilter>): Promise<string[]> =>
      valueOf(await source.find(window(part), 10)).value.items.map(({ root }) => root.service);
    expect(await found({ service: "Web", operation: "GET /cart" })).toEqual(["web"]);
    expect(await found({ status: "error" })).toEqual(["web"]);
    expect(await found({ service: "web", status: "error" })).toEqual([]);
    expect(await found({ terms: [{ key: "http.path", value: "/cart", isNegated: true }] })).toEqual(["jobs", "web"]);
    expect(await found({ maxMs: 1 })).toEqual(["jobs"]);
    expect(await found({ toMs: AT_MS + 500 })).toEqual(["web"]);
  });

  it("says what it cannot be asked for", async () => {
    const { source } = sourceOver(recordedZipkin);
    const answer = valueOf(await source.find(window({ terms: [{ key: "a", value: "b", isNegated: true }] }), 10));
    expect(answer).toMatchObject({ coverage: "partial", notices: [{ code: "CONDITION_TESTED_HERE", level: "info", mend: null }] });
    expect(answer.notices[0]?.text).toBe("old-zipkin cannot be asked for not a=b; Weft tested that itself on all it gave (2 traces).");
    const named = valueOf(await source.find(window({ service: "web", namespace: "shop", version: "v2" }), 10));
    expect(named.notices.map(({ code }) => code)).toEqual(["NAMESPACE_UNKNOWN", "VERSION_UNKNOWN"]);
    expect(named.value.items).toEqual([]);
  });

  it("says that there may be more, and how far back it looked, when the answer was full", async () => {
    const { source, http } = sourceOver(recordedZipkin);
    const { value } = valueOf(await source.find(window(), 1));
    expect(http.targets[0]).toContain("limit=2");
    expect(value).toMatchObject({ hasMore: true, searchedTo: new Date(AT_MS).toISOString() });
    expect(value.items).toHaveLength(1);
  });

  it("tells a selection from the rest", async () => {
    const { source } = sourceOver(recordedZipkin);
    const { value } = valueOf(await source.differences(window(), window({ status: "error" }), 50));
    expect(value).toMatchObject({ selection: { traces: 1 }, rest: { traces: 1 }, isSampled: false });
    expect(value.items.find(({ key, service }) => key === "http.path" && service === "web")?.values).toContainEqual({
      value: "/cart",
      inSelection: 1,
      inRest: 0,
    });
  });
});

describe("the reader of Zipkin and answers that are none", () => {
  it.each<[string, Canned | Result<HttpAnswer>, string, string]>([
    [
      "a page at every path",
      { mediaType: "text/html", body: "<!doctype html><p>hi" },
      "SOURCE_MALFORMED",
      "answered /api/v2/traces with a web page.",
    ],
    ["text", { mediaType: "text/plain", body: "hi" }, "SOURCE_MALFORMED", 'with "text/plain" instead of JSON.'],
    ["JSON that is cut off", { body: '[[{"traceId":"0' }, "SOURCE_MALFORMED", "with JSON that is cut off or broken."],
    ["other JSON", { body: { data: [] } }, "SOURCE_MALFORMED", "with a wrong answer: "],
    ["wrong types", { body: [[{ traceId: "1", id: "1", timestamp: "soon" }]] }, "SOURCE_MALFORMED", "with a wrong [0].timestamp."],
    ["ids that are none", { body: [[{ traceId: "<b>", id: "1" }]] }, "SOURCE_MALFORMED", "with a wrong [0].traceId."],
    ["no", { status: 400, mediaType: "text/*", body: "minDuration <= 0" }, "SOURCE_REFUSED", "with 400: minDuration <= 0."],
    [
      "a page that says no",
      { status: 502, mediaType: "text/html", body: "<html>Bad Gateway" },
      "SOURCE_REFUSED",
      "answered /api/v2/traces with 502.",
    ],
    ["a way to a login", { status: 302, mediaType: null, body: "" }, "SOURCE_REFUSED", "with 302."],
    [
      "nothing in time",
      err(new WeftError("TIMEOUT", "zipkin.test did not answer /api/v2/traces within 1000 ms.")),
      "TIMEOUT",
      "within 1000 ms.",
    ],
    [
      "nothing",
      err(new WeftError("SOURCE_UNREACHABLE", "zipkin.test refused the connection.")),
      "SOURCE_UNREACHABLE",
      "refused the connection.",
    ],
  ])("names %s, with the source and a mend", async (_name, answer, code, text) => {
    const { source } = sourceOver(() => answer);
    const result = await source.find(window(), 10);
    expect(result).toMatchObject({ ok: false, error: { code, sourceId: "old-zipkin", message: expect.stringContaining(text) } });
    if (result.ok) return;
    expect(result.error.message).toMatch(/^old-zipkin/);
    expect(result.error.mend).toMatch(/\S/);
    expect(source.status()).toMatchObject({ state: "down", lastError: result.error.message, mend: result.error.mend });
  });

  it("tells an unknown trace from an address that is no Zipkin's", async () => {
    const unknown = "1".repeat(32);
    expect(await sourceOver(recordedZipkin).source.trace(unknown)).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
    const elsewhere = sourceOver(() => ({ status: 404, mediaType: "text/plain", body: "404 page not found" }));
    expect(await elsewhere.source.trace(unknown)).toMatchObject({ ok: false, error: { code: "SOURCE_REFUSED" } });
  });

  it("asks for fewer traces when the answer is too long", async () => {
    const tooLong = err(new WeftError("SOURCE_MALFORMED", "zipkin.test answered with more than 64 MiB.", { field: "maxBytes" }));
    const { source, http } = sourceOver((url) => (Number(url.searchParams.get("limit")) > 50 ? tooLong : recordedZipkin(url)));
    const { value } = valueOf(await source.find(window(), 200));
    expect(http.asked.map(({ url }) => new URL(url).searchParams.get("limit"))).toEqual(["201", "50"]);
    expect(value.items).toHaveLength(2);
  });

  it("shows who it is in every question, and takes nothing amiss that was given up", async () => {
    const { source, http } = sourceOver(recordedZipkin, { tenant: "a", auth: { bearerTokenFile: "/run/token" } });
    await source.services();
    for (const { headers } of http.asked) {
      expect(headers).toEqual({ accept: "application/json", "x-scope-orgid": "a", authorization: "Bearer token" });
    }
    const gone = sourceOver(() => err(new WeftError("SOURCE_UNREACHABLE", "given up")));
    await gone.source.trace(ID_64, AbortSignal.abort());
    expect(gone.source.status().state).toBe("starting");
  });

  it("asks how it is when somebody looks, and not again at once", async () => {
    const { source, http } = sourceOver(recordedZipkin);
    expect(source.status().state).toBe("starting");
    await expect.poll(() => source.status().state).toBe("healthy");
    expect(http.targets).toEqual(["/api/v2/services"]);
  });
});
