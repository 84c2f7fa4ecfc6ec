import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { externalId, UNTRACED_ID } from "#lib/model/ids.ts";
import type { SpanKind } from "#lib/model/trace.ts";
import { histogramOf } from "#lib/testing/builders.ts";

import { ROLLUP_BOUNDS_MS, type RollupRow } from "./edge-counts.ts";
import { ROLLUP_WAIT_MS, type SpanFact, SpanRollup } from "./span-rollup.ts";

/** A span that is known under an id: as its own, or as that of its parent. */
interface Touch {
  id: string;
  fact: SpanFact;
  isOwn: boolean;
}

/** A request that counts: its row as text, and what is summed there. */
interface Counted {
  row: string;
  isError: boolean;
  durationMs: number;
}

/** Sums of a row: requests, errors, and durations per bucket. */
type Sums = Record<string, [number, number, readonly number[] | undefined]>;

/** The rules of `SpanRollup` over plain lists that are searched from end to end. */
class ModelRollup {
  private readonly waitMs: number;
  private readonly mostPending: number;
  private waiting: { fact: SpanFact; dueMs: number }[] = [];
  private touches: Touch[] = [];
  private counted: Counted[] = [];

  constructor({ waitMs, mostPending }: { waitMs: number; mostPending: number }) {
    this.waitMs = waitMs;
    this.mostPending = mostPending;
  }

  get pending(): number {
    return this.waiting.length;
  }

  add(fact: SpanFact, nowMs: number): void {
    this.waiting.push({ fact, dueMs: nowMs + this.waitMs });
    this.touches.push(...touchesOf(fact));
    if (this.waiting.length > this.mostPending) this.settleFirst();
  }

  drain(nowMs: number): Sums {
    while ((this.waiting[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) this.settleFirst();
    const rows = Map.groupBy(this.counted, ({ row }) => row);
    this.counted = [];
    return Object.fromEntries(
      [...rows].map(([row, same]) => {
        const durations = same.map(({ durationMs }) => durationMs);
        return [row, [same.length, same.filter(({ isError }) => isError).length, histogramOf(ROLLUP_BOUNDS_MS, durations).counts]];
      }),
    );
  }

  private settleFirst(): void {
    const [first] = this.waiting.splice(0, 1);
    if (first === undefined) return;
    const row = this.judge(first.fact);
    if (row !== null) this.counted.push({ row, isError: first.fact.isError, durationMs: first.fact.durationMs });
    // What is known of an id is forgotten with the last span that waits and touches it.
    const ids = new Set(this.waiting.flatMap(({ fact }) => touchesOf(fact)).map(({ id }) => id));
    this.touches = this.touches.filter(({ id }) => ids.has(id));
  }

  /** The row that the span counts in; `null` = in none. */
  private judge(fact: SpanFact): string | null {
    const [own = [], parent = []] = touchesOf(fact).map(({ id }) => this.touches.filter((touch) => touch.id === id));
    if (fact.kind === "internal") return null;
    if (isArrival(fact)) {
      const [callersHalf] = nodes(own, "client", "producer");
      if (callersHalf === undefined && nodes(parent, "server", "consumer").includes(fact.node)) return null;
      const [above] = nodes(parent, "client", "producer", "internal", "server", "consumer");
      return `${callersHalf ?? above ?? UNTRACED_ID}>${fact.node} ${fact.protocol} ${fact.version} destination`;
    }
    const isAnswered = own.some((touch) => (touch.isOwn ? isArrival(touch.fact) : touch.fact.kind !== "internal"));
    return fact.peer === null || isAnswered ? null : `${fact.node}>${externalId(fact.peer)} ${fact.protocol} null source`;
  }
}

function isArrival({ kind }: SpanFact): boolean {
  return kind === "server" || kind === "consumer";
}

/** Who sent a span of these kinds under the id that is touched, in the order of the kinds; of several of one kind the least name. */
function nodes(touches: readonly Touch[], ...kinds: SpanKind[]): string[] {
  return kinds.flatMap((kind) => {
    const names = touches.filter((touch) => touch.isOwn && touch.fact.kind === kind).map(({ fact }) => fact.node);
    return names.toSorted().slice(0, 1);
  });
}

function touchesOf(fact: SpanFact): Touch[] {
  const [trace, span, parent] = [fact.traceId, fact.spanId, fact.parentId].map((id) =>
    id === null ? null : Buffer.from(id).toString("hex"),
  );
  const own = { id: `${trace}/${span}`, fact, isOwn: true };
  return parent === null || parent === span ? [own] : [own, { id: `${trace}/${parent}`, fact, isOwn: false }];
}

function drawn(rows: readonly RollupRow[]): Sums {
  return Object.fromEntries(
    rows.map(({ source, target, protocol, version, reporter, traffic }) => [
      `${source}>${target} ${protocol} ${version} ${reporter}`,
      [traffic.count, traffic.errorCount, traffic.latency?.counts],
    ]),
  );
}

/** An id whose bytes differ in the first and in the last word. */
function idOf(length: number, number: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = number & 1;
  bytes[length - 1] = number;
  return bytes;
}

describe("SpanRollup beside its model", () => {
  const arbitraryFact = fc.record<SpanFact>({
    traceId: fc.constantFrom(1, 2).map((number) => idOf(16, number)),
    spanId: fc.integer({ min: 1, max: 8 }).map((number) => idOf(8, number)),
    parentId: fc.option(
      fc.integer({ min: 1, max: 9 }).map((number) => idOf(8, number)),
      { nil: null },
    ),
    kind: fc.constantFrom<SpanKind>("internal", "server", "client", "producer", "consumer"),
    node: fc.constantFrom("shop/web", "shop/api", "external/db"),
    version: fc.constantFrom("v1", "", "null ", null),
    durationMs: fc.nat({ max: 12_000 }),
    isError: fc.boolean(),
    protocol: fc.constantFrom("http", "grpc", "tcp"),
    peer: fc.constantFrom("db", "shop/api", null),
  });
  const arrivals = fc.array(fc.tuple(arbitraryFact, fc.nat({ max: ROLLUP_WAIT_MS / 2 })), { maxLength: 40 });

  it("says the same at every moment, also when too many wait, whatever its seed", () => {
    fc.assert(
      fc.property(arrivals, fc.constantFrom(3, 8, 1_000), fc.integer(), (list, mostPending, seed) => {
        const rollup = new SpanRollup({ mostPending, seed });
        const model = new ModelRollup({ waitMs: ROLLUP_WAIT_MS, mostPending });
        let nowMs = 0;
        for (const [fact, pauseMs] of list) {
          nowMs += pauseMs;
          expect(drawn(rollup.drain(nowMs))).toEqual(model.drain(nowMs));
          rollup.add([fact], nowMs);
          model.add(fact, nowMs);
          expect(rollup.pending).toBe(model.pending);
        }
        expect(drawn(rollup.drain(nowMs + ROLLUP_WAIT_MS))).toEqual(model.drain(nowMs + ROLLUP_WAIT_MS));
      }),
      { numRuns: 500 },
    );
  });
});
