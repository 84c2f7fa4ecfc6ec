import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Difference, type Trace } from "#lib/model/trace.ts";
import { type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { DifferenceCounter, type Side } from "./differences.ts";

const trace = (attributes: Record<string, string>, part: Partial<SpanSpec> = {}): Trace =>
  traceOf([{ id: "a", service: "web", name: "GET /", attributes, ...part }]);

function counterOf(selection: readonly Trace[], rest: readonly Trace[]): DifferenceCounter {
  const counter = new DifferenceCounter();
  for (const one of selection) counter.add(one, "selection");
  for (const one of rest) counter.add(one, "rest");
  return counter;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** One request for one of 60 products. */
function made(index: number): Trace {
  return trace({ id: `id-${index}`, product: String(index % 60) });
}

describe("DifferenceCounter", () => {
  it("counts in how many traces each value is met", () => {
    const six = traceOf(times(6, (index) => ({ id: `a${index}`, service: "web", attributes: { item: "42", call: String(index % 2) } })));
    const counter = counterOf([six, six], [trace({ item: "7" })]);
    expect(counter.totals).toEqual({ selection: 2, rest: 1 });
    const items = counter.rank(100);
    expect(items.find(({ key }) => key === "item")).toMatchObject({
      service: "web",
      values: [
        { value: "42", inSelection: 2, inRest: 0 },
        { value: "7", inSelection: 0, inRest: 1 },
      ],
    });
    expect(items.find(({ key }) => key === "call")?.values).toEqual([
      { value: "0", inSelection: 2, inRest: 0 },
      { value: "1", inSelection: 2, inRest: 0 },
    ]);
    for (const item of items) expect(Difference.parse(item)).toEqual(item);
  });

  it("knows services, versions, operations, errors and resources", () => {
    const spec: SpanSpec = {
      id: "a",
      service: "web",
      version: "v2",
      name: "GET /",
      isError: true,
      resource: { zone: "eu", "service.name": "web" },
    };
    const names = counterOf([traceOf([spec])], [trace({})])
      .rank(100)
      .map(({ service, key, values }) => `${service ?? ""}:${key}=${values.find(({ inSelection }) => inSelection > 0)?.value ?? ""}`)
      .toSorted();
    expect(names).toEqual([
      ":error=true",
      ":root operation=GET /",
      ":service=web",
      "web:error=true",
      "web:operation=GET /",
      "web:version=v2",
      "web:zone=eu",
    ]);
  });

  it("is the root that names the trace, not what came earlier", () => {
    const counter = counterOf(
      [
        traceOf([
          { id: "b", parent: "f", name: "orphan" },
          { id: "a", name: "root", at: 5 },
        ]),
      ],
      [],
    );
    expect(counter.rank(100).find(({ key }) => key === "root operation")?.values).toEqual([{ value: "root", inSelection: 1, inRest: 0 }]);
  });

  it("ranks a planted value first, over any noise", () => {
    const noise = fc.record({
      a: fc.constantFrom("1", "2", "3"),
      b: fc.constantFrom("x", "y"),
      c: fc.string({ maxLength: 2 }),
      isError: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(noise, { minLength: 60, maxLength: 120 }), fc.integer({ min: 20, max: 40 }), (all, selected) => {
        const made = all.map(({ isError, ...values }, index) =>
          trace({ ...values, id: String(index), planted: index < selected ? "here" : "there" }, { isError }),
        );
        const [first] = counterOf(made.slice(0, selected), made.slice(selected)).rank(5, []);
        // A column of noise can be a copy of the planted one only by being the same in every trace.
        expect(first).toMatchObject({ service: "web", key: "planted" });
      }),
      { numRuns: 50 },
    );
  });

  it("ranks what many traces have before what few have, and what is certain before what may be chance", () => {
    const selection = times(100, (index) => trace(index < 60 ? { often: "1" } : index < 62 ? { rare: "1" } : {}));
    const rest = times(100, () => trace({}));
    const ranked = counterOf(selection, rest).rank(100);
    expect(ranked[0]).toMatchObject({ key: "often" });
    expect(ranked.find(({ key }) => key === "rare")?.score).toBe(0);
    expect(ranked[0]?.score).toBeGreaterThan(0.4);
  });

  it("leaves out what it is told to", () => {
    const counter = counterOf(
      times(30, () => trace({ planted: "1" }, { isError: true })),
      times(30, () => trace({ planted: "2" })),
    );
    expect(counter.rank(10).map(({ key }) => key)).toEqual(expect.arrayContaining(["error", "planted"]));
    const left = counter.rank(10, [
      { service: null, key: "error" },
      { service: "web", key: "error" },
    ]);
    expect(left[0]).toMatchObject({ key: "planted" });
    expect(left.some(({ key }) => key === "error")).toBe(false);
  });

  it("does not list ids, and does list what has many values but means something", () => {
    const ranked = counterOf(
      times(200, made),
      times(200, (index) => made(index + 200)),
    ).rank(100);
    expect(ranked.map(({ key }) => key)).toContain("product");
    expect(ranked.map(({ key }) => key)).not.toContain("id");
    expect(ranked.find(({ key }) => key === "product")?.values).toHaveLength(10);
  });

  it("stays within its bounds whatever comes in", () => {
    const counter = new DifferenceCounter();
    for (let index = 0; index < 1_200; index++) {
      const values = Object.fromEntries(times(100, (column) => [`k${column}`, `${index}`]));
      counter.add(
        trace({ ...values, ...Object.fromEntries(times(3, (name) => [`new-${index}-${name}`, "1"])), planted: String(index % 2) }),
        index % 2 === 0 ? "selection" : "rest",
      );
    }
    const ranked = counter.rank(10_000);
    expect(ranked.length).toBeLessThanOrEqual(3_000);
    expect(ranked.length).toBeGreaterThan(2_500);
    expect(ranked[0]).toMatchObject({ key: "planted" });
    expect(ranked.some(({ key }) => key === "k5")).toBe(false);
  });

  it("cuts long values and is not misled by names that every object has", () => {
    const counter = counterOf([trace({ long: "x".repeat(1_000_000), __proto__x: "1", constructor: "2" })], [trace({})]);
    const ranked = counter.rank(100);
    expect(ranked.find(({ key }) => key === "long")?.values[0]?.value).toHaveLength(201);
    expect(ranked.find(({ key }) => key === "constructor")?.values).toEqual([{ value: "2", inSelection: 1, inRest: 0 }]);
  });

  it("is the same in any order", () => {
    const some = fc.array(fc.tuple(fc.constantFrom<Side>("selection", "rest"), fc.constantFrom("1", "2", "3"), fc.boolean()), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        some.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          const ranked = (list: typeof one) => {
            const counter = new DifferenceCounter();
            for (const [side, a, isError] of list) counter.add(trace({ a }, { isError }), side);
            return counter.rank(100);
          };
          expect(ranked(other)).toEqual(ranked(one));
        },
      ),
    );
  });

  it("has no score where one side is empty, and nothing to say of nothing", () => {
    for (const item of counterOf(
      times(50, () => trace({ a: "1" })),
      [],
    ).rank(100))
      expect(item.score).toBeLessThan(1);
    expect(new DifferenceCounter().rank(10)).toEqual([]);
  });
});
