import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { externalId, serviceId, UNTRACED_ID } from "#lib/model/ids.ts";
import type { SpanKind } from "#lib/model/trace.ts";
import { histogramTotal } from "#lib/red/histogram.ts";
import { addTraffic } from "#lib/red/traffic.ts";
import { histogramOf } from "#lib/testing/builders.ts";
import { spanIdOf, traceIdOf } from "#lib/testing/trace-builders.ts";

import { ROLLUP_BOUNDS_MS, type RollupRow } from "./edge-counts.ts";
import { ROLLUP_WAIT_MS, type SpanFact, SpanRollup } from "./span-rollup.ts";

const [WEB, API, DB] = [serviceId("shop", "web"), serviceId("shop", "api"), serviceId("shop", "db")];

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function fact(id: string, parent: string | null, kind: SpanKind, node: string, part: Partial<SpanFact> = {}): SpanFact {
  return {
    traceId: bytes(traceIdOf("1")),
    spanId: bytes(spanIdOf(id)),
    parentId: parent === null ? null : bytes(spanIdOf(parent)),
    kind,
    node,
    version: "v1",
    durationMs: 4,
    isError: false,
    protocol: "http",
    peer: null,
    ...part,
  };
}

/** Everything at once, and all of it judged. */
function rolled(facts: readonly SpanFact[]): RollupRow[] {
  const rollup = new SpanRollup();
  rollup.add(facts, 0);
  return rollup.drain(ROLLUP_WAIT_MS);
}

function nameOf(id: string): string {
  return id.replace(/^(shop|unknown)\//, "");
}

/** Rows as text: `web>api 2`. */
function drawn(rows: readonly RollupRow[]): string[] {
  return rows.map(({ source, target, traffic }) => `${nameOf(source)}>${nameOf(target)} ${traffic.count}`).toSorted();
}

/** Adds up what several drains told. */
function sum(rows: readonly RollupRow[]): Map<string, RollupRow["traffic"]> {
  const sums = new Map<string, RollupRow["traffic"]>();
  for (const { traffic, ...key } of rows) {
    const name = JSON.stringify(key);
    const known = sums.get(name);
    sums.set(name, known === undefined ? traffic : addTraffic(known, traffic));
  }
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe("SpanRollup", () => {
  it.each<[string, SpanFact[], string[]]>([
    ["nothing", [], []],
    ["an entry", [fact("a", null, "server", WEB)], ["untraced>web 1"]],
    ["a caller that sent nothing", [fact("b", "a", "server", API)], ["untraced>api 1"]],
    ["a call", [fact("a", null, "client", WEB), fact("b", "a", "server", API)], ["web>api 1"]],
    ["a call from work inside a process", [fact("a", null, "internal", WEB), fact("b", "a", "server", API)], ["web>api 1"]],
    [
      "a call straight from a server's span",
      [fact("a", null, "server", WEB), fact("b", "a", "server", API)],
      ["untraced>web 1", "web>api 1"],
    ],
    ["an application behind its proxy", [fact("a", null, "server", WEB), fact("b", "a", "server", WEB)], ["untraced>web 1"]],
    ["a call of itself", [fact("a", null, "client", WEB), fact("b", "a", "server", WEB)], ["web>web 1"]],
    ["halves under one id", [fact("b", "a", "client", WEB), fact("b", "a", "server", API)], ["web>api 1"]],
    ["halves under one id, at the beginning", [fact("b", null, "client", WEB), fact("b", null, "server", API)], ["web>api 1"]],
    [
      "an application behind a proxy that shares its caller's id",
      [fact("b", null, "client", WEB), fact("b", null, "server", API), fact("c", "b", "server", API)],
      ["web>api 1"],
    ],
    ["a message", [fact("a", null, "producer", WEB, { peer: "queue" }), fact("b", "a", "consumer", API)], ["web>api 1"]],
    ["its own parent", [fact("a", "a", "server", WEB)], ["untraced>web 1"]],
    ["a circle", [fact("a", "b", "server", WEB), fact("b", "a", "server", API)], ["api>web 1", "web>api 1"]],
    [
      "a caller beside whom a proxy calls on",
      [fact("a", null, "client", WEB, { peer: "api" }), fact("b", "a", "client", WEB, { peer: "api" }), fact("c", "b", "server", API)],
      ["web>api 1"],
    ],
    ["a call that nobody answered", [fact("a", null, "client", WEB, { peer: "db.example:5432" })], ["web>external/db.example:5432 1"]],
    ["a call that nobody answered, to nobody", [fact("a", null, "client", WEB)], []],
    ["work inside a process", [fact("a", null, "internal", WEB, { peer: "db" })], []],
    [
      "a call inside which something happened that is no call",
      [fact("a", null, "client", WEB, { peer: "db" }), fact("b", "a", "internal", WEB)],
      ["web>external/db 1"],
    ],
  ])("counts %s", (_, facts, expected) => {
    expect(drawn(rolled(facts))).toEqual(expected);
  });

  it("counts one request per hop where proxies stand on both sides and applications send spans too", () => {
    const hop = (above: string, caller: string, node: string, name: string): SpanFact[] => [
      fact(`${name}1`, above, "client", caller, { peer: "someone" }),
      fact(`${name}2`, `${name}1`, "server", node),
      fact(`${name}3`, `${name}2`, "server", node),
    ];
    const facts = [
      fact("a1", null, "server", WEB),
      fact("a2", "a1", "server", WEB),
      ...hop("a2", WEB, API, "b"),
      ...Array.from({ length: 6 }, (_, index) => hop("b3", API, DB, `c${index}`)).flat(),
    ];
    expect(drawn(rolled(facts))).toEqual(["api>db 6", "untraced>web 1", "web>api 1"]);
  });

  it("tells version, protocol, errors, durations and who reported", () => {
    const rows = rolled([
      fact("a", null, "server", WEB, { durationMs: 3, version: "v1" }),
      fact("b", null, "server", WEB, { durationMs: 20_000, isError: true, version: "v1" }),
      fact("c", null, "server", WEB, { version: null, protocol: "grpc" }),
      fact("d", null, "client", WEB, { peer: "db", isError: true, version: "v1", protocol: "tcp" }),
    ]);
    expect(rows).toMatchObject([
      { source: WEB, target: externalId("db"), protocol: "tcp", version: null, reporter: "source", traffic: { count: 1, errorCount: 1 } },
      { source: UNTRACED_ID, target: WEB, protocol: "grpc", version: null, reporter: "destination" },
      { source: UNTRACED_ID, target: WEB, protocol: "http", version: "v1", reporter: "destination", traffic: { count: 2, errorCount: 1 } },
    ]);
    expect(rows[2]?.traffic.latency).toEqual(histogramOf(ROLLUP_BOUNDS_MS, [3, 20_000]));
    expect(rows[2]?.traffic).toMatchObject({
      callerCount: 0,
      retries: 0,
      countsAttempts: true,
      neverArrived: 0,
      transport: { mutual: 0, oneWay: 0, plaintext: 0 },
    });
  });

  it("puts every duration into the bucket of the model's rule", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(0, ...ROLLUP_BOUNDS_MS), fc.double({ min: 0, max: 20_000, noNaN: true })), { minLength: 1 }),
        (durations) => {
          const [row] = rolled(durations.map((durationMs, index) => fact((index + 1).toString(16), null, "server", WEB, { durationMs })));
          expect(row?.traffic.latency).toEqual(histogramOf(ROLLUP_BOUNDS_MS, durations));
        },
      ),
    );
  });

  it("keeps traces apart that use the same ids", () => {
    const other = { traceId: bytes(traceIdOf("2")) };
    expect(drawn(rolled([fact("a", null, "client", WEB), fact("b", "a", "server", API, other)]))).toEqual(["untraced>api 1"]);
  });

  it.each([
    [ROLLUP_WAIT_MS - 1, "web>api 1"],
    [ROLLUP_WAIT_MS, "untraced>api 1"],
  ])("waits for a parent as long as it says, and not longer: %i ms", (lateMs, row) => {
    const rollup = new SpanRollup();
    rollup.add([fact("b", "a", "server", API)], 1_000);
    const early = rollup.drain(1_000 + lateMs);
    rollup.add([fact("a", null, "client", WEB)], 1_000 + lateMs);
    expect(drawn([...early, ...rollup.drain(60_000)])).toEqual([row]);
  });

  it("waits for the parent of each child anew", () => {
    const rollup = new SpanRollup();
    rollup.add([fact("b", "a", "server", API)], 0);
    rollup.add([fact("c", "a", "server", DB)], ROLLUP_WAIT_MS - 1_000);
    const early = rollup.drain(ROLLUP_WAIT_MS);
    rollup.add([fact("a", null, "internal", WEB)], ROLLUP_WAIT_MS + 1_000);
    expect([drawn(early), drawn(rollup.drain(1e12))]).toEqual([["untraced>api 1"], ["web>db 1"]]);
  });

  it("tells each request once", () => {
    const rollup = new SpanRollup();
    rollup.add([fact("a", null, "server", WEB)], 0);
    expect(rollup.drain(ROLLUP_WAIT_MS - 1)).toEqual([]);
    expect(rollup.pending).toBe(1);
    expect(drawn(rollup.drain(ROLLUP_WAIT_MS))).toEqual(["untraced>web 1"]);
    expect([rollup.pending, rollup.drain(1e12)]).toEqual([0, []]);
  });

  it("lets the oldest no longer wait when there are too many, and loses none", () => {
    const rollup = new SpanRollup({ mostPending: 100 });
    for (let index = 0; index < 10_000; index++) {
      rollup.add([fact(`${index}`, null, "server", WEB)], index / 1_000);
      expect(rollup.pending).toBeLessThanOrEqual(100);
    }
    expect(drawn(rollup.drain(0))).toEqual(["untraced>web 9900"]);
    expect(drawn(rollup.drain(1e12))).toEqual(["untraced>web 100"]);
  });

  const arbitraryFacts = fc
    .uniqueArray(
      fc.record({
        traceId: fc.constantFrom(traceIdOf("1"), traceIdOf("2")),
        id: fc.integer({ min: 1, max: 8 }),
        parent: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
        kind: fc.constantFrom<SpanKind>("internal", "server", "client", "producer", "consumer"),
        node: fc.constantFrom(WEB, API, DB),
        version: fc.constantFrom("v1", "v2", null),
        durationMs: fc.nat({ max: 12_000 }),
        isError: fc.boolean(),
        protocol: fc.constantFrom("http" as const, "grpc" as const),
        peer: fc.constantFrom("db", "queue", null),
      }),
      { selector: ({ traceId, id, kind }) => `${traceId}/${id}/${kind}`, maxLength: 30 },
    )
    .map((facts) =>
      facts.map(({ traceId, id, parent, ...rest }): SpanFact => ({
        ...rest,
        traceId: bytes(traceId),
        spanId: bytes(spanIdOf(id.toString(16))),
        parentId: parent === null ? null : bytes(spanIdOf(parent.toString(16))),
      })),
    );

  it("gives the same rows for any order and any batches within the wait", () => {
    const arrivals = arbitraryFacts.chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc.shuffledSubarray(facts, { minLength: facts.length }),
        fc.array(fc.nat({ max: ROLLUP_WAIT_MS - 1 }), { minLength: facts.length, maxLength: facts.length }),
      ),
    );
    fc.assert(
      fc.property(arrivals, ([facts, shuffled, times]) => {
        const rollup = new SpanRollup();
        const told: RollupRow[] = [];
        const sorted = times.toSorted((a, b) => a - b);
        for (const [index, one] of shuffled.entries()) {
          rollup.add([one], sorted[index] ?? 0);
          told.push(...rollup.drain(sorted[index] ?? 0));
        }
        told.push(...rollup.drain(ROLLUP_WAIT_MS), ...rollup.drain(ROLLUP_WAIT_MS * 2));
        expect(sum(told)).toEqual(sum(rolled(facts)));
      }),
      { numRuns: 500 },
    );
  });

  it("counts no request twice: never more than there are arrivals and calls, each with its duration", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const rows = rolled(facts);
        const of = (reporter: RollupRow["reporter"]): number =>
          rows.filter((row) => row.reporter === reporter).reduce((total, { traffic }) => total + traffic.count, 0);
        expect(of("destination")).toBeLessThanOrEqual(facts.filter(({ kind }) => kind === "server" || kind === "consumer").length);
        expect(of("source")).toBeLessThanOrEqual(facts.filter(({ kind }) => kind === "client" || kind === "producer").length);
        for (const { traffic } of rows) expect(traffic.latency && histogramTotal(traffic.latency)).toBe(traffic.count);
      }),
    );
  });

  it("counts the same when many wait: tables that grow, come round and are used again lose and mix up nothing", () => {
    const rollup = new SpanRollup({ seed: 7 });
    const model = new Map<string, number>();
    const told = new Map<string, number>();
    for (let second = 0; second < 30; second++) {
      for (const { source, target, version, traffic } of rollup.drain(second * 1_000)) {
        const name = `${source}>${target} ${version}`;
        told.set(name, (told.get(name) ?? 0) + traffic.count);
      }
      const facts = Array.from({ length: 500 }, (_, index) => {
        const number = second * 500 + index;
        const [caller, node, version] = [serviceId("shop", `web${number % 7}`), serviceId("shop", `api${number % 11}`), `v${number}`];
        model.set(`${caller}>${node} ${version}`, 1);
        const trace = { traceId: bytes(traceIdOf(number.toString(16))) };
        return [fact("b", "a", "server", node, { ...trace, version }), fact("a", null, "client", caller, { ...trace, peer: "db" })];
      });
      rollup.add(facts.flat(), second * 1_000);
    }
    for (const { source, target, version, traffic } of rollup.drain(1e12)) told.set(`${source}>${target} ${version}`, traffic.count);
    expect(told).toEqual(model);
  });

  it("remembers the name of a caller that was judged long ago as long as a child waits, however many names come", () => {
    const rollup = new SpanRollup();
    const versions = (from: number): SpanFact[] =>
      Array.from({ length: 5_000 }, (_, index) => fact(`${index + 1}`, null, "internal", API, { version: `v${from + index}` }));
    rollup.add([fact("a", null, "client", WEB)], 0);
    rollup.add([fact("b", "a", "server", API), ...versions(0)], ROLLUP_WAIT_MS - 1);
    expect(rollup.drain(ROLLUP_WAIT_MS)).toEqual([]);
    rollup.add(versions(5_000), ROLLUP_WAIT_MS + 1);
    expect(drawn(rollup.drain(1e12))).toEqual(["web>api 1"]);
  });
});
