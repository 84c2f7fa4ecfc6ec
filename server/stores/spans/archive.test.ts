import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Result } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime, type FakeTime } from "#lib/testing/fake-time.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { createSpanArchive, type SpanArchiveParts, type SqliteSpanArchive } from "./archive.ts";
import { manyRecords, recordOf, traceIdOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";

const STATUS: SourceStatus = {
  id: "spans",
  kind: "otlp",
  state: "healthy",
  since: new Date(START_MS).toISOString(),
  address: "",
  gives: [],
  dims: [],
  newestData: null,
  answeredInMs: null,
  coverage: { n: 1, of: 1 },
  lastError: null,
  mend: null,
  findings: [],
};

let stores: TestStores;
let time: FakeTime;
const opened: SqliteSpanArchive[] = [];

beforeEach(() => {
  stores = new TestStores();
  time = createFakeTime();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((archive) => archive.stop()));
  stores.clear();
});

function open(parts: Partial<SpanArchiveParts> = {}): SqliteSpanArchive {
  const archive = createSpanArchive({ id: "spans", location: () => null, status: () => STATUS, ...time, ...parts });
  opened.push(archive);
  return archive;
}

function stub(name: string): URL {
  return new URL(`./testing/${name}.ts`, import.meta.url);
}

function codeOf(answer: Result<unknown>): string {
  return answer.ok ? "ok" : answer.error.code;
}

describe("the archive", () => {
  it("answers every call from the file, in its own thread", async () => {
    const store = stores.open();
    write(store, recordOf({ span: 1, kind: "client", service: "frontend" }), recordOf({ span: 2, parent: 1, startMs: 1 }));
    const archive = open({ location: () => store.path });
    const window = { fromMs: START_MS - 60_000, toMs: START_MS + 60_000 };
    const found = await archive.find(filterOf({ service: "cart" }), 10);
    expect(found.ok && found.value.value.items.map(({ id }) => id)).toEqual([traceIdOf(1)]);
    const trace = await archive.trace(traceIdOf(1));
    expect(trace.ok && trace.value.value.spans).toHaveLength(2);
    const services = await archive.services();
    expect(services.ok && services.value.value.map(({ service }) => service)).toEqual(["cart", "frontend"]);
    const operations = await archive.operations(window, "shop/cart");
    expect(operations.ok && operations.value.value).toMatchObject([{ operation: "GET /", count: 1 }]);
    const exemplars = await archive.exemplars(window, { source: "shop/frontend", target: "shop/cart" }, 5);
    expect(exemplars.ok && exemplars.value.value).toHaveLength(1);
    const differences = await archive.differences(filterOf(), filterOf({ status: "error" }), 10);
    expect(differences.ok && differences.value.value).toMatchObject({ rest: { traces: 1 } });
    const edges = await archive.edges(window);
    expect(edges.ok && edges.value.value.edges).toMatchObject([{ source: "shop/frontend", target: "shop/cart", count: 1 }]);
    const json = await archive.otlpJson(traceIdOf(1));
    expect(json.ok && JSON.parse(json.value)).toMatchObject({ resourceSpans: [{}, {}] });
    expect(archive.status()).toBe(STATUS);
  });

  it("sees what is written while it is open", async () => {
    const store = stores.open();
    const archive = open({ location: () => store.path });
    expect(codeOf(await archive.trace(traceIdOf(1)))).toBe("NOT_FOUND");
    write(store, recordOf());
    expect(codeOf(await archive.trace(traceIdOf(1)))).toBe("ok");
  });

  it("reads another file when the writer has another", async () => {
    const [first, second] = [stores.open(), stores.open({ isDurable: false })];
    write(first, recordOf({ trace: 1 }));
    write(second, recordOf({ trace: 2 }));
    let { path } = first;
    const archive = open({ location: () => path });
    expect(codeOf(await archive.trace(traceIdOf(2)))).toBe("NOT_FOUND");
    ({ path } = second);
    expect(codeOf(await archive.trace(traceIdOf(2)))).toBe("ok");
  });

  it("is unreachable without a file, and names the mend", async () => {
    expect(await open().services()).toMatchObject({
      ok: false,
      error: { code: "SOURCE_UNREACHABLE", sourceId: "spans", mend: expect.any(String) },
    });
    const gone = open({ location: () => `${stores.dir}/none.sqlite` });
    expect(await gone.services()).toMatchObject({
      ok: false,
      error: { code: "SOURCE_UNREACHABLE", isRetryable: true, mend: expect.any(String) },
    });
  });

  it("answers in parts when its deadline is over before it begins", async () => {
    const store = stores.open();
    write(store, ...manyRecords(20));
    const archive = open({ location: () => store.path, deadlineMs: -1 });
    const answer = await archive.find(filterOf(), 10);
    expect(answer.ok && answer.value).toMatchObject({ coverage: "partial", value: { hasMore: true, searchedTo: expect.any(String) } });
  });
});

function location(): string {
  return "/nowhere";
}

describe("questions to the thread", () => {
  it("are given up when their signal says so, waiting or running, and the others are answered", async () => {
    const archive = open({ location, workerUrl: stub("patient-worker") });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const answers = [archive.trace("blocks until given up", running.signal), archive.trace("b", waiting.signal), archive.trace("c")];
    waiting.abort();
    running.abort();
    expect((await Promise.all(answers)).map(codeOf)).toEqual(["SOURCE_UNREACHABLE", "SOURCE_UNREACHABLE", "ok"]);
    const late = new AbortController();
    late.abort();
    expect(codeOf(await archive.trace("d", late.signal))).toBe("SOURCE_UNREACHABLE");
  });

  it("are refused when too many wait", async () => {
    const archive = open({ location, workerUrl: stub("patient-worker") });
    const first = new AbortController();
    const answers = Array.from({ length: 34 }, (_unused, index) =>
      index === 0 ? archive.trace("blocks until given up", first.signal) : archive.trace(String(index)),
    );
    expect(await answers[33]).toMatchObject({ ok: false, error: { code: "TIMEOUT", isRetryable: true, mend: expect.any(String) } });
    first.abort();
    expect((await Promise.all(answers.slice(1, 33))).map(codeOf)).toEqual(Array.from({ length: 32 }, () => "ok"));
  });

  it("fail when the thread dies, and the next one is answered by another", async () => {
    const archive = open({ location, workerUrl: stub("patient-worker") });
    const answers = [archive.trace("dies"), archive.trace("b")];
    expect(await Promise.all(answers)).toMatchObject([
      { ok: false, error: { code: "SOURCE_UNREACHABLE", message: expect.stringContaining("out of luck") } },
      { ok: false, error: { code: "SOURCE_UNREACHABLE" } },
    ]);
    expect(codeOf(await archive.trace("c"))).toBe("ok");
  });

  it("are ended with the thread when it does not answer at all", async () => {
    const archive = open({ location, workerUrl: stub("patient-worker") });
    const answers = [archive.trace("blocks until given up"), archive.trace("b")];
    await time.advance(20_000);
    expect((await Promise.all(answers)).map(codeOf)).toEqual(["TIMEOUT", "SOURCE_UNREACHABLE"]);
    expect(codeOf(await archive.trace("c"))).toBe("ok");
    expect(time.waiting).toBe(0);
  });

  it("fail after the end", async () => {
    const archive = open({ location, workerUrl: stub("patient-worker") });
    const running = archive.trace("blocks until given up");
    await archive.stop();
    expect([codeOf(await running), codeOf(await archive.trace("b"))]).toEqual(["SOURCE_UNREACHABLE", "SOURCE_UNREACHABLE"]);
  });
});
