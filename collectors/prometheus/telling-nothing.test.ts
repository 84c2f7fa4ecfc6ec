import { describe, expect, it } from "vitest";

import { valueOf } from "./testing/rig.ts";
import { meshOf, sourceOver, vector, type StoreOf } from "./testing/store-of.ts";

/** Two edges, some of whose counters are NaN. */
const withNaN =
  (...bad: number[]): StoreOf =>
  (question) => {
    const told = meshOf(2)(question);
    const isCounting = question.query.includes("calls_total") && question.path.endsWith("query");
    return Array.isArray(told) && isCounting
      ? told.map((one, index) => (bad.includes(index) ? vector(one.metric, Number.NaN) : one))
      : told;
  };

describe("a store that tells nothing", () => {
  it("says which metric it does not keep, and how to mend that", async () => {
    const { traffic, source } = sourceOver(meshOf(0));
    const notice = {
      level: "warning",
      code: "no-series",
      text: "mesh keeps no calls_total in this window: it tells nothing of a counter of calls.",
      source: "mesh",
      mend: "Let it collect calls_total, and check queryScope.",
    };
    expect(valueOf(await traffic())).toMatchObject({ coverage: "partial", notices: [notice], value: { rows: [] } });
    expect(source.status().state).toBe("degraded");
  });

  it("says nothing of the sort of what is only not there for a few services", async () => {
    const { source, time } = sourceOver(meshOf(0));
    const toMs = time.clock.nowMs();
    const few = valueOf(await source.traffic({ fromMs: toMs - 600_000, toMs }, { targets: ["a/s9"] }));
    expect(few).toMatchObject({ coverage: "complete", notices: [] });
  });

  it("says so where all values are no numbers", async () => {
    const { traffic } = sourceOver(withNaN(0, 1));
    const notice = {
      level: "warning",
      code: "not-numbers",
      text: "Nothing but values that are no numbers (NaN or Inf) came from mesh for series of a counter of calls: they are left out.",
      source: "mesh",
      mend: "Find them with the query calls_total != calls_total, and mend what writes them.",
    };
    expect(valueOf(await traffic())).toMatchObject({ coverage: "partial", notices: [notice], value: { rows: [] } });
  });

  it("says so where some are none, and tells the others", async () => {
    const { traffic } = sourceOver(withNaN(1));
    const { coverage, notices, value } = valueOf(await traffic());
    expect([coverage, value.rows.map(({ key }) => key.target)]).toEqual(["partial", ["a/s0"]]);
    expect(notices).toMatchObject([{ code: "not-numbers", text: expect.stringMatching(/^Values that/) }, { code: "durations-pending" }]);
  });
});
