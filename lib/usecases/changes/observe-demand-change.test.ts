import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { demandRecordOf } from "#lib/testing/change-builders.ts";
import { createFakeSecurity, type FakeSecuritySource, mutualCalls } from "#lib/testing/fake-security-source.ts";

import { observeChange } from "./observe-change.ts";

const LIVE = { state: "live" as const };

let security: FakeSecuritySource;

beforeEach(() => {
  security = createFakeSecurity();
  security.know({
    listeners: [{ proxyId: "ledger-1", nodeId: "shop/ledger", listener: "inbound", demand: "strict", accepts: [] }],
  });
});

function sourcesOf(sources: FakeSecuritySource[]) {
  return { metrics: null, topology: [], security: sources };
}

/** What is seen of a demand that was live at `START_MS`, old requests lasting 2 s at most. */
async function observe(nowS: number, record = demandRecordOf(LIVE, { settleMs: 2_000 })) {
  const sighting = await observeChange(record, START_MS, START_MS + nowS * 1_000, sourcesOf([security]));
  const { change, holds } = sighting ?? {};
  return change && { holds, observed: change.observed, explanation: change.explanation };
}

describe("observeDemandChange", () => {
  it("counts the workload's callers after the last old request and one report, from a step on that every source keeps", async () => {
    security.see(10, { count: 1_000 });
    security.see(11, mutualCalls(60));
    security.refuse(10, { count: 8 });
    security.refuse(12, { count: 43 });
    security.see(12, { target: "shop/other", count: 500 });
    expect(await observe(13)).toEqual({
      holds: true,
      explanation: null,
      observed: {
        from: "2026-01-01T12:00:10.000Z",
        mutual: 60,
        plaintext: 0,
        refused: [{ source: "shop/legacy", address: "10.0.0.9", count: 43 }],
        holds: true,
      },
    });
  });

  it("counts nothing before its time", async () => {
    security.see(10, mutualCalls(60));
    expect([await observe(2), await observe(10), await observe(10.9)]).toEqual([undefined, undefined, undefined]);
    expect(security.asked).toEqual([]);
    expect(await observe(11)).toMatchObject({ holds: false, observed: { mutual: 0 } });
  });

  it("counts nothing by a source that widens the window to before the proof", async () => {
    security.see(11, mutualCalls(60));
    const whole = security.security.bind(security);
    security.security = async (window) => {
      const answer = await whole(window);
      return answer.ok
        ? { ...answer, value: { ...answer.value, value: { ...answer.value.value, window: { fromMs: START_MS, toMs: window.toMs } } } }
        : answer;
    };
    expect(await observe(13)).toBeUndefined();
  });

  it("says that plaintext is still let in, and never holds", async () => {
    security.see(12, { count: 2 });
    security.see(12, mutualCalls(500));
    expect(await observe(13)).toMatchObject({
      holds: false,
      observed: { mutual: 500, plaintext: 2, holds: false },
      explanation: "Requests were still let in after it was live on every proxy: 2 in plaintext",
    });
  });

  it("says nothing without a source, or when it does not answer, or knows nothing of the workload", async () => {
    security.see(11, mutualCalls(60));
    const record = demandRecordOf(LIVE);
    expect(await observeChange(record, START_MS, START_MS + 99_000, sourcesOf([]))).toBeNull();
    security.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect(await observe(99)).toBeUndefined();
    security = createFakeSecurity();
    expect(await observe(99)).toBeUndefined();
  });

  it("holds nothing by what is stale, or by a proxy that is silent", async () => {
    security.see(11, mutualCalls(60));
    security.say({ coverage: "stale" });
    expect(await observe(13)).toMatchObject({ holds: false, observed: { mutual: 60, holds: false } });
    security.say({ coverage: "partial" });
    expect(await observe(13)).toMatchObject({ holds: false });
    security.say({ coverage: "complete" });
    expect(await observe(13)).toMatchObject({ holds: true });
  });

  it("keeps what was said before while there is nothing new to say, and drops it once it holds", async () => {
    const said = demandRecordOf({ state: "live", explanation: "(not journaled: no)" }, { settleMs: 2_000 });
    expect(await observe(13, said)).toMatchObject({ holds: false, explanation: "(not journaled: no)" });
    security.see(11, mutualCalls(60));
    expect(await observe(13, said)).toMatchObject({ holds: true, explanation: null });
  });

  it("leaves to a change that is live in part the names of what is missing", async () => {
    security.see(11, { count: 60 });
    const part = demandRecordOf({ state: "partly-live", explanation: "Live on 1 of 2." }, { settleMs: 2_000 });
    expect(await observe(13, part)).toMatchObject({ explanation: "Live on 1 of 2.", observed: { plaintext: 60 } });
  });
});
