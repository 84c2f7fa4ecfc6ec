import { describe, expect, it } from "vitest";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Trace } from "#lib/model/trace.ts";
import type { TraceSource } from "#lib/ports/traces.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";
import { filterOf, traceIdOf, traceOf } from "#lib/testing/trace-builders.ts";

import { OutcomeBoard } from "./outcome-board.ts";
import { createTraceReader, type Looked, type TraceBackEnd } from "./trace-reader.ts";

/** Traces one second apart; the higher its number, the newer. Those in `failed` have an error. */
const traces = (numbers: readonly number[], failed: readonly number[] = []): Trace[] =>
  numbers.map((n) => traceOf([{ id: "a", ms: 5, isError: failed.includes(n) }], { id: n.toString(16), startMs: START_MS + n * 1_000 }));

interface Answering {
  answers?: (limit: number) => Looked[];
  untold?: string[];
}

function readerOver({ answers = () => [], untold = [] }: Answering): { reader: TraceSource; limits: number[] } {
  const { clock } = createFakeTime();
  const board = new OutcomeBoard({ id: "far", kind: "far", address: "http://far", gives: [], dims: [], clock });
  const limits: number[] = [];
  const backEnd: TraceBackEnd = {
    adapt: (filter) => ({ filter, notices: [] }),
    greet: async () => undefined,
    services: async () => ok({ value: [], query: "services", notices: [] }),
    async look(_filter, limit) {
      limits.push(limit);
      return ok({ value: { answers: answers(limit), untold }, query: "search", notices: [] });
    },
    trace: async () => err(new WeftError("TIMEOUT", "late")),
  };
  return { reader: createTraceReader({ id: "far", kind: "far", clock, board, backEnd }), limits };
}

function valueOf<T>(result: Result<Sourced<T>>): Sourced<T> {
  if (!result.ok) throw result.error;
  return result.value;
}

const looked = (numbers: readonly number[], isFull: boolean, isSound = true): Looked => ({ traces: traces(numbers), isFull, isSound });

describe("a trace reader", () => {
  it.each<[string, Looked[], boolean, number | null]>([
    ["one answer that was not full", [looked([1, 2], false)], false, null],
    ["a full answer", [looked([1, 2], true)], true, 1],
    ["a full answer beside one that held nothing back", [looked([2], true), looked([1, 2], false)], false, null],
    ["an answer that was not full but held something back", [looked([1], false, false)], true, 1],
    ["no answer at all", [], true, null],
  ])("after %s", async (_name, answers, hasMore, searchedTo) => {
    const { value } = valueOf(await readerOver({ answers: () => answers }).reader.find(filterOf(), 10));
    expect(value.hasMore).toBe(hasMore);
    expect(value.searchedTo).toBe(searchedTo === null ? null : new Date(START_MS + searchedTo * 1_000).toISOString());
  });

  it("takes a trace once, lists the newest first, and no more than were wanted", async () => {
    const { reader } = readerOver({ answers: () => [looked([1, 3], false), looked([2, 3], false)] });
    const { value } = valueOf(await reader.find(filterOf(), 2));
    expect(value.items.map(({ id }) => id)).toEqual([traceIdOf("3"), traceIdOf("2")]);
    expect(value.hasMore).toBe(true);
    expect(reader.status().newestData).toBe(new Date(START_MS + 3_000).toISOString());
  });

  it.each([
    [false, "info", "far cannot be asked for a, b and c; Weft tested that itself on all it gave (1 trace)."],
    [
      true,
      "warning",
      "far cannot be asked for a, b and c; Weft tested that itself on the newest that it gave (1 trace); there may be others.",
    ],
  ])("says what it tested itself, when the answer was full: %s", async (isFull, level, text) => {
    const { reader } = readerOver({ answers: () => [looked([1], isFull)], untold: ["a", "b", "c"] });
    expect(valueOf(await reader.find(filterOf(), 5))).toMatchObject({ coverage: "partial", notices: [{ level, text, source: "far" }] });
  });

  it("looks at no more than the limit of each side of a comparison, the newest", async () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    const { reader, limits } = readerOver({
      answers: () => [{ traces: traces(numbers, [1, 2, 3, 6]), isFull: false, isSound: true }],
    });
    const { value } = valueOf(await reader.differences(filterOf(), filterOf({ status: "error" }), 2));
    expect(limits).toEqual([2, 4]);
    expect(value).toMatchObject({ selection: { traces: 2 }, rest: { traces: 2 }, isSampled: true });
    const whole = valueOf(await reader.differences(filterOf(), filterOf({ status: "error" }), 10));
    expect(whole.value).toMatchObject({ selection: { traces: 4 }, rest: { traces: 2 }, isSampled: false });
  });

  it("hands errors of the back end on", async () => {
    expect(await readerOver({}).reader.trace(traceIdOf("1"))).toMatchObject({ ok: false, error: { code: "TIMEOUT" } });
  });
});
