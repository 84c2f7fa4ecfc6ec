import { expect, it } from "vitest";

import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { RedChart } from "#lib/model/red-chart.ts";

import { nothingDrawn } from "./nothing-drawn.ts";

const AT = new Date(2026, 10, 21, 14, 2, 30).getTime();

function chart(rate: (number | null)[], notices: Notice[] = []): Sourced<RedChart> {
  const nulls = rate.map(() => null);
  const line = { group: "all", t: rate.map((_, index) => index), rate, count: nulls, errorCount: nulls, errorRatio: nulls };
  const series = [{ ...line, p50Ms: nulls, p95Ms: nulls, p99Ms: nulls }];
  const window = { from: new Date(AT - 60_000).toISOString(), to: new Date(AT).toISOString() };
  return { value: { subject: "mesh", window, stepMs: 1, series }, provenance: [], notices, coverage: "complete" };
}

it("says nothing where something is drawn, and before the first answer", () => {
  expect([nothingDrawn(undefined, AT), nothingDrawn(chart([null, 0]), AT)]).toEqual([null, null]);
});

it("never takes gaps for a time without calls", () => {
  expect(nothingDrawn(chart([null, null]), AT)).toBe("Nobody reported anything in this time.");
  expect(nothingDrawn(chart([]), AT)).not.toBeNull();
});

it("says why, with what to do about it, by the reader's clock", () => {
  const text = `Nothing is kept of ${new Date(AT).toISOString()} by proxies`;
  const notices: Notice[] = [
    { level: "info", code: "as-of-now", text: "Else", source: null, mend: null },
    { level: "warning", code: "nothing-kept", text, source: "proxies", mend: "Choose a later moment" },
  ];
  expect(nothingDrawn(chart([null], notices), AT)).toBe("Nothing is kept of 14:02:30 by proxies. Choose a later moment.");
});
