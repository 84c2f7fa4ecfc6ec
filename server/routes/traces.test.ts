import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Endpoint, endpoints } from "#lib/contract/endpoints.ts";
import { WeftError } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeSpanArchive, createFakeTraceSource, type FakeSpanArchive } from "#lib/testing/fake-trace-source.ts";
import { traceIdOf, traceOf } from "#lib/testing/trace-builders.ts";

import { openConsole, problemOf, type TestConsole } from "../testing/console.ts";

const ID = traceIdOf("7");
const WINDOW = "from=2026-01-01T11:00:00Z&to=2026-01-01T13:00:00Z";

let archive: FakeSpanArchive;
let weft: TestConsole;

beforeEach(async () => {
  archive = createFakeSpanArchive();
  archive.keep(
    traceOf(
      [
        { id: "a", service: "web", namespace: "shop", name: "GET /cart", kind: "server", ms: 30 },
        {
          id: "b",
          parent: "a",
          service: "reviews",
          namespace: "shop",
          version: "v2",
          kind: "server",
          at: 5,
          ms: 10,
          isError: true,
          attributes: { item: "<b>\u202e" },
        },
      ],
      { id: "7" },
    ),
    traceOf([{ id: "a", service: "web", namespace: "shop", name: "GET /cart", kind: "server", ms: 20 }], {
      id: "8",
      startMs: START_MS + 1,
    }),
  );
  weft = await openConsole({ sources: { archive, traces: [createFakeTraceSource("elsewhere")] } });
});

afterEach(() => weft.close());

const READS: readonly [keyof typeof endpoints, string][] = [
  ["findTraces", `?${WINDOW}&service=shop/web&q=-item&limit=5`],
  ["getTrace", `?id=${ID}`],
  ["listTraceServices", ""],
  ["getDifferences", `?${WINDOW}&selStatus=error`],
  ["listOperations", "?id=shop/web"],
  ["listExemplars", `?${WINDOW}&subject=service:shop/reviews`],
];

describe("every read of traces", () => {
  it.each(READS)("%s answers exactly what the contract describes", async (id, query) => {
    const endpoint: Endpoint = endpoints[id];
    const response = await weft.get(`${endpoint.path}${query}`);
    expect([response.statusCode, response.headers["cache-control"]]).toEqual([200, "no-store"]);
    const answer = response.json();
    expect(endpoint.value.parse(answer)).toEqual(answer);
    expect(answer.provenance).toMatchObject([{ source: "fake-archive" }]);
  });

  it.each([...READS, ["exportTrace", `?id=${ID}`] as const])("%s says what to do where there is no source", async (id, query) => {
    const bare = await openConsole();
    const problem = problemOf(await bare.get(`${endpoints[id].path}${query}`));
    expect(problem).toMatchObject({ status: 422, code: "UNSUPPORTED" });
    expect(problem.mend).toContain("OTLP");
    await bare.close();
  });

  it.each([...READS, ["exportTrace", `?id=${ID}`] as const])("%s passes on what its source says", async (id, query) => {
    archive.failWith(new WeftError("SOURCE_MALFORMED", "It answers nonsense", { sourceId: "fake-archive" }));
    expect(problemOf(await weft.get(`${endpoints[id].path}${query}`))).toMatchObject({ status: 502, detail: "It answers nonsense" });
  });
});

describe("finding traces", () => {
  it("lists the newest first, and says whether there are more", async () => {
    const all = (await weft.get(`/api/traces?${WINDOW}`)).json().value;
    expect([all.items.map(({ id }: { id: string }) => id), all.hasMore]).toEqual([[traceIdOf("8"), ID], false]);
    const one = (await weft.get(`/api/traces?${WINDOW}&limit=1`)).json().value;
    expect([one.items.length, one.hasMore]).toEqual([1, true]);
  });

  it.each([
    ["status=error", 1],
    ["service=reviews&version=v2", 1],
    ["service=shop/web&minMs=25", 1],
    ["q=item%3D%22%3Cb%3E%E2%80%AE%22", 1],
    ["q=item%3Dother", 0],
    ["source=elsewhere", 0],
  ])("by %s", async (query, count) => {
    expect((await weft.get(`/api/traces?${WINDOW}&${query}`)).json().value.items).toHaveLength(count);
  });

  it.each([
    ["minMs=5&maxMs=4", "minMs"],
    ["minMs=-1", "minMs"],
    ["maxMs=NaN", "maxMs"],
    ["status=bad", "status"],
    ["q=%3Dx", "q"],
    [`q=${"a".repeat(2_001)}`, "q"],
    ["limit=0", "limit"],
    ["from=yesterday", "from"],
    ["from=2026-01-01T13:00:01Z&to=2026-01-01T13:00:00Z", "from"],
    ["window=9999s", "window"],
  ])("refuses %s", async (query, field) => {
    expect(problemOf(await weft.get(`/api/traces?${query}`))).toMatchObject({ status: 400, code: "INVALID", field });
  });

  it("does not know every source", async () => {
    expect(problemOf(await weft.get("/api/traces?source=nobody"))).toMatchObject({ status: 404, field: "source" });
  });
});

describe("one trace", () => {
  it("is found by a short id, in any case", async () => {
    expect((await weft.get("/api/trace?id=7")).json().value.id).toBe(ID);
    expect((await weft.get(`/api/trace?id=${ID.toUpperCase()}`)).json().value.spans).toHaveLength(2);
  });

  it.each(["", "id=", "id=xyz", `id=${"1".repeat(33)}`])("has to be named: %j", async (query) => {
    expect(problemOf(await weft.get(`/api/trace?${query}`))).toMatchObject({ status: 400, field: "id" });
    expect(problemOf(await weft.get(`/api/trace/otlp?${query}`))).toMatchObject({ status: 400, field: "id" });
  });

  it("that is nowhere is not found", async () => {
    expect(problemOf(await weft.get("/api/trace?id=9"))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(problemOf(await weft.get("/api/trace/otlp?id=9"))).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  it("is exported as a file", async () => {
    const response = await weft.get("/api/trace/otlp?id=7");
    expect([response.statusCode, response.headers]).toEqual([
      200,
      expect.objectContaining({
        "content-type": expect.stringMatching(/^application\/json/),
        "content-disposition": `attachment; filename="trace-${ID}.json"`,
        "cache-control": "no-store",
      }),
    ]);
    expect(response.json()).toHaveProperty("resourceSpans");
  });

  it("is exported from the archive only", async () => {
    expect(problemOf(await weft.get("/api/trace/otlp?id=7&source=elsewhere"))).toMatchObject({ status: 422, field: "source" });
  });
});

describe("differences", () => {
  it("need a selection", async () => {
    expect(problemOf(await weft.get(`/api/trace-differences?${WINDOW}`))).toMatchObject({ status: 400, field: "selQ" });
  });

  it("are told with the numbers of traces", async () => {
    expect((await weft.get(`/api/trace-differences?${WINDOW}&selStatus=error`)).json().value).toMatchObject({
      selection: { traces: 1 },
      rest: { traces: 1 },
      isSampled: false,
    });
  });
});
