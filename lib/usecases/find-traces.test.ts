import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";
import {
  createFakeSpanArchive,
  createFakeTraceSource,
  type FakeSpanArchive,
  type FakeTraceSource,
} from "#lib/testing/fake-trace-source.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";
import { filterOf, traceIdOf, traceOf } from "#lib/testing/trace-builders.ts";

import type { CallContext, MeshSources } from "./context.ts";
import { findTraces, type FindTracesInput } from "./find-traces.ts";
import { getDifferences, type GetDifferencesInput } from "./get-differences.ts";
import { exportTrace, getTrace } from "./get-trace.ts";
import { listExemplars } from "./list-exemplars.ts";
import { listOperations } from "./list-operations.ts";
import { listTraceServices } from "./list-trace-services.ts";

let archive: FakeSpanArchive;
let [first, second]: FakeTraceSource[] = [];
let context: CallContext;

function contextOf(part: Partial<MeshSources>): CallContext {
  const sources: MeshSources = {
    topology: [],
    metrics: null,
    routing: [],
    demands: [],
    security: [],
    feeds: [],
    traces: [],
    archive: null,
    ...part,
  };
  return { actor: "ana", clock: createFakeTime().clock, sources };
}

beforeEach(() => {
  archive = createFakeSpanArchive("weft");
  [first, second] = [createFakeTraceSource("north"), createFakeTraceSource("south")];
  context = contextOf({ archive, traces: [first, second] });
});

const find = (input: Partial<FindTracesInput> = {}, of = context) => findTraces(of, { q: "", windowMs: 3_600_000, limit: 20, ...input });
const differ = (selection: Partial<GetDifferencesInput["selection"]>, input: Partial<GetDifferencesInput> = {}) =>
  getDifferences(context, { q: "", windowMs: 3_600_000, selection: { q: "", ...selection }, ...input });

/** The filter that a source was last asked with. */
function askedFilters(source: FakeTraceSource): unknown[] {
  return source.asked.at(-1)?.given.slice(0, -1) ?? [];
}

describe("the source that is asked", () => {
  it.each([
    ["the archive", () => context, undefined, "weft"],
    ["the archive by name", () => context, "weft", "weft"],
    ["another by name", () => context, "south", "south"],
    [
      "the first where there is no archive",
      () => contextOf({ traces: [first, second].filter((one) => one !== undefined) }),
      undefined,
      "north",
    ],
  ])("is %s", async (_, of, source, id) => {
    const answer = await findTraces(of(), { q: "", windowMs: 1_000, limit: 1, source });
    expect(answer).toMatchObject({ ok: true, value: { provenance: [{ source: id }] } });
    expect(await listTraceServices(of(), { source })).toMatchObject({ ok: true, value: { provenance: [{ source: id }] } });
  });

  it("has to be there", async () => {
    expect(await find({ source: "west" })).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", field: "source", mend: "Choose one of: weft, north, south" },
    });
  });

  it("cannot be asked where none is configured, and the answer says what to do", async () => {
    const nothing = contextOf({});
    const answers = [
      await find({}, nothing),
      await getTrace(nothing, { id: traceIdOf("1") }),
      await exportTrace(nothing, { id: traceIdOf("1") }),
      await listTraceServices(nothing, {}),
      await getDifferences(nothing, { q: "", windowMs: 1_000, selection: { q: "a" } }),
      await listOperations(nothing, { service: "shop/web", windowMs: 1_000 }),
      await listExemplars(nothing, { subject: "service:shop/web", windowMs: 1_000, limit: 1 }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: false, error: { code: "UNSUPPORTED", mend: expect.stringContaining("OTLP") } });
  });

  it("fails in its own words", async () => {
    archive.failWith(new WeftError("SOURCE_UNREACHABLE", "It does not answer", { sourceId: "weft" }));
    expect(await find()).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE", sourceId: "weft" } });
  });
});

describe("findTraces", () => {
  it("asks for everything of the window that ends now", async () => {
    await find();
    expect(archive.asked).toEqual([{ call: "find", given: [filterOf({ fromMs: START_MS - 3_600_000, toMs: START_MS }), 20] }]);
  });

  it("leaves out what is still coming in, unless that is all that was asked for", async () => {
    await find({ settleMs: 6_000 });
    expect(askedFilters(archive)).toMatchObject([{ toMs: START_MS - 6_000, fromMs: START_MS - 6_000 - 3_600_000 }]);
    await find({ settleMs: 6_000, toMs: START_MS - 1_000 });
    expect(askedFilters(archive)).toMatchObject([{ toMs: START_MS - 1_000 }]);
    await find({ settleMs: 6_000, fromMs: START_MS - 5_000 });
    expect(askedFilters(archive)).toMatchObject([{ fromMs: START_MS - 5_000, toMs: START_MS }]);
  });

  it("asks for what it was told", async () => {
    const bounds = { fromMs: START_MS - 5_000, toMs: START_MS - 1_000 };
    await find({
      service: "shop/reviews",
      operation: "get",
      version: "v2",
      status: "error",
      minMs: 5,
      maxMs: 5,
      q: "a=1 -b",
      limit: 7,
      ...bounds,
    });
    const terms = [
      { key: "a", value: "1", isNegated: false },
      { key: "b", value: null, isNegated: true },
    ];
    expect(archive.asked[0]?.given).toEqual([
      { service: "reviews", namespace: "shop", operation: "get", version: "v2", status: "error", minMs: 5, maxMs: 5, terms, ...bounds },
      7,
    ]);
  });

  it.each([
    ["reviews", { service: "reviews", namespace: null }],
    ["shop/reviews", { service: "reviews", namespace: "shop" }],
    ["unknown/reviews", { service: "reviews", namespace: null }],
    ["", { service: null, namespace: null }],
  ])("understands the service %j", async (service, expected) => {
    await find({ service });
    expect(askedFilters(archive)).toMatchObject([expected]);
  });

  it("lets the window begin its length before its end", async () => {
    await find({ toMs: START_MS - 10_000, windowMs: 1_000 });
    expect(askedFilters(archive)).toMatchObject([{ fromMs: START_MS - 11_000, toMs: START_MS - 10_000 }]);
  });

  it.each<[Partial<FindTracesInput>, string]>([
    [{ minMs: 6, maxMs: 5 }, "minMs"],
    [{ fromMs: START_MS, toMs: START_MS }, "from"],
    [{ fromMs: START_MS + 1 }, "from"],
    [{ q: 'a="b' }, "q"],
  ])("refuses %j and asks nobody", async (input, field) => {
    expect(await find(input)).toMatchObject({ ok: false, error: { code: "INVALID", field, mend: expect.stringMatching(/\w/) } });
    expect(archive.asked).toEqual([]);
  });

  it("answers what the source has", async () => {
    archive.keep(traceOf([{ id: "a", service: "web" }], { id: "7", startMs: START_MS - 1_000 }));
    expect(await find({ service: "web" })).toMatchObject({
      ok: true,
      value: { coverage: "complete", value: { items: [{ id: traceIdOf("7") }], hasMore: false } },
    });
  });
});

describe("getTrace", () => {
  const kept = traceOf([{ id: "a" }], { id: "7" });
  const id = kept.id;

  it("looks everywhere, the archive first", async () => {
    second?.keep(kept);
    expect(await getTrace(context, { id })).toMatchObject({ ok: true, value: { value: { id }, provenance: [{ source: "south" }] } });
    archive.keep(kept);
    expect(await getTrace(context, { id })).toMatchObject({ ok: true, value: { provenance: [{ source: "weft" }] } });
  });

  it("looks only where it was told to", async () => {
    archive.keep(kept);
    expect(await getTrace(context, { id, source: "north" })).toMatchObject({ ok: false, error: { code: "NOT_FOUND", sourceId: "north" } });
    expect(archive.asked).toEqual([]);
  });

  it("does not find what nobody has", async () => {
    expect(await getTrace(context, { id })).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
  });

  it("does not say that there is none while a source cannot be asked", async () => {
    first?.failWith(new WeftError("TIMEOUT", "It took too long", { sourceId: "north" }));
    expect(await getTrace(context, { id })).toMatchObject({ ok: false, error: { code: "TIMEOUT", sourceId: "north" } });
    second?.keep(kept);
    expect(await getTrace(context, { id })).toMatchObject({ ok: true });
  });
});

describe("exportTrace", () => {
  const kept = traceOf([{ id: "a" }], { id: "7" });

  it("comes from the archive", async () => {
    archive.keep(kept);
    expect(await exportTrace(context, { id: kept.id })).toMatchObject({ ok: true, value: expect.stringContaining("resourceSpans") });
    expect(await exportTrace(context, { id: kept.id, source: "weft" })).toMatchObject({ ok: true });
    expect(await exportTrace(context, { id: traceIdOf("8") })).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
  });

  it("comes from nowhere else", async () => {
    expect(await exportTrace(context, { id: kept.id, source: "north" })).toMatchObject({
      ok: false,
      error: { code: "UNSUPPORTED", field: "source" },
    });
    expect(await exportTrace(context, { id: kept.id, source: "west" })).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", field: "source" },
    });
  });
});

describe("getDifferences", () => {
  it("narrows the selection, and keeps what names all", async () => {
    await differ(
      { version: "v2", status: "error", minMs: 5, maxMs: 50, q: "b=2", fromMs: START_MS - 500, toMs: START_MS + 500 },
      { service: "shop/reviews", minMs: 10, maxMs: 20, q: "a=1" },
    );
    const base = filterOf({
      service: "reviews",
      namespace: "shop",
      minMs: 10,
      maxMs: 20,
      terms: [{ key: "a", value: "1", isNegated: false }],
      fromMs: START_MS - 3_600_000,
      toMs: START_MS,
    });
    const selection = {
      ...base,
      version: "v2",
      status: "error",
      terms: [...base.terms, { key: "b", value: "2", isNegated: false }],
      fromMs: START_MS - 500,
    };
    expect(askedFilters(archive)).toEqual([base, selection]);
  });

  it.each<[Partial<GetDifferencesInput["selection"]>, object]>([
    [{ minMs: 30 }, { minMs: 30, maxMs: null }],
    [{ maxMs: 30 }, { minMs: null, maxMs: 30 }],
    [{ q: "a" }, { terms: [{ key: "a", value: null, isNegated: false }] }],
  ])("takes %j alone", async (selection, expected) => {
    await differ(selection);
    expect(askedFilters(archive)[1]).toMatchObject(expected);
  });

  it.each<[Partial<GetDifferencesInput["selection"]>, Partial<GetDifferencesInput>, string]>([
    [{}, {}, "selQ"],
    [{ q: "  " }, {}, "selQ"],
    [{ q: "=" }, {}, "selQ"],
    [{ version: "v2" }, { q: "=" }, "q"],
    [{ minMs: 6, maxMs: 5 }, {}, "selMinMs"],
    [{ minMs: 6 }, { maxMs: 5 }, "selMinMs"],
    [{ fromMs: START_MS + 1 }, {}, "selFrom"],
    [{ toMs: START_MS - 7_200_000 }, {}, "selFrom"],
  ])("refuses the selection %j of %j", async (selection, input, field) => {
    expect(await differ(selection, input)).toMatchObject({ ok: false, error: { code: "INVALID", field } });
    expect(archive.asked).toEqual([]);
  });

  it("finds what was planted", async () => {
    for (let index = 0; index < 40; index++) {
      const [isError, item] = [index < 10, index < 10 ? "42" : String(index % 3)];
      archive.keep(
        traceOf([{ id: "a", service: "web", isError, attributes: { item } }], { id: String(index + 1), startMs: START_MS - index - 1 }),
      );
    }
    const answer = await differ({ status: "error" });
    expect(answer).toMatchObject({ ok: true, value: { value: { selection: { traces: 10 }, rest: { traces: 30 }, isSampled: false } } });
    const items = answer.ok ? answer.value.value.items.filter(({ key }) => key !== "error") : [];
    expect(items[0]).toMatchObject({ service: "web", key: "item", values: [{ value: "42", inSelection: 10, inRest: 0 }, {}, {}, {}] });
  });
});

describe("listOperations and listExemplars", () => {
  it("ask the archive about the window that ends now", async () => {
    await listOperations(context, { service: "shop/web", windowMs: 60_000 });
    expect(archive.asked).toEqual([{ call: "operations", given: [{ fromMs: START_MS - 60_000, toMs: START_MS }, "shop/web"] }]);
  });

  it.each([
    ["service:shop/web", { source: null, target: "shop/web" }],
    ["edge:shop/web|shop/reviews|http", { source: "shop/web", target: "shop/reviews" }],
    ["edge:unknown/untraced|shop/web|grpc", { source: "unknown/untraced", target: "shop/web" }],
  ])("ask about %s", async (subject, expected) => {
    await listExemplars(context, { subject, windowMs: 60_000, limit: 5 });
    expect(archive.asked[0]?.given).toEqual([{ fromMs: START_MS - 60_000, toMs: START_MS }, expected, 5]);
  });

  it.each(["mesh", "service:", "edge:a|b", "edge:a|b|smtp", "edge:|b|http", "edge:a||http", "edge:a|b|http|c", "node:a"])(
    "refuse the subject %j",
    async (subject) => {
      expect(await listExemplars(context, { subject, windowMs: 60_000, limit: 5 })).toMatchObject({
        ok: false,
        error: { code: "INVALID", field: "subject" },
      });
    },
  );

  it("refuse a window that ends before it starts", async () => {
    const input = { subject: "service:shop/web", windowMs: 60_000, limit: 5 };
    expect(await listExemplars(context, { ...input, fromMs: START_MS + 1 })).toMatchObject({
      ok: false,
      error: { code: "INVALID", field: "from" },
    });
  });
});
