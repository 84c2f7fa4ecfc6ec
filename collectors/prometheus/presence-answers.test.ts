import { describe, expect, it } from "vitest";

import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { PresenceAnswers } from "./presence-answers.ts";
import { valueOf } from "./testing/rig.ts";
import { meshOf, sourceOver, vector, type StoreOf } from "./testing/store-of.ts";

const QUERY: DialectQuery = {
  name: "who-is-called",
  expression: { kind: "selector", metric: "who", matchers: [] },
  isPresence: true,
};

function setUp(store: StoreOf) {
  const { prometheus, time, asked, become } = sourceOver(store);
  const presence = new PresenceAnswers(prometheus.client, time.clock);
  const ask = async (toMs = time.clock.nowMs()) => valueOf(await presence.ask(QUERY, toMs, undefined));
  const names = async (toMs?: number) => (await ask(toMs)).series.map(({ labels }) => labels["name"]);
  return { ask, names, time, become, count: () => asked.filter(({ query }) => query === "who").length };
}

const telling =
  (name: string): StoreOf =>
  (question) =>
    question.query === "who" ? [vector({ name }, 1)] : meshOf(1)(question);

describe("what changes seldom", () => {
  it("is asked for once a minute, and nobody waits for the new answer", async () => {
    const { names, time, become, count } = setUp(telling("old"));
    expect([await names(), await names(), count()]).toEqual([["old"], ["old"], 1]);
    become(telling("new"));
    await time.advance(61_000);
    expect(await names()).toEqual(["old"]);
    await time.settle();
    expect([await names(), count()]).toEqual([["new"], 2]);
  });

  it("is waited for where what is kept is of another time", async () => {
    const { names, become, count } = setUp(telling("old"));
    await names();
    become(telling("then"));
    expect([await names(START_MS - 3_600_000), count()]).toEqual([["then"], 2]);
    // Readers of two times do not take it from each other.
    expect([await names(), await names(START_MS - 3_600_000), count()]).toEqual([["old"], ["then"], 2]);
  });

  it("is waited for where what is kept is of a moment minutes before, and is kept where nobody asked for minutes", async () => {
    const { names, become, time, count } = setUp(telling("old"));
    await names();
    become(telling("then"));
    expect([await names(START_MS - 50_000), await names(START_MS - 300_000), count()]).toEqual([["old"], ["then"], 2]);
    await time.advance(300_000);
    expect(await names()).toEqual(["old"]);
    // What was asked about a past moment stands for no later one, however long that takes.
    await names(START_MS - 3_600_000);
    become(telling("later"));
    await time.advance(300_000);
    expect(await names(START_MS - 3_300_000)).toEqual(["later"]);
  });

  it("is not waited for again at once where it was not told", async () => {
    const { ask, time, count } = setUp(() => null);
    const before = await ask();
    const once = count();
    expect([await ask(), count()]).toEqual([before, once]);
    await time.advance(16_000);
    await ask();
    expect(count()).toBeGreaterThan(once);
  });

  it("is not asked for anew with every poll while that fails", async () => {
    const { ask, become, time, count } = setUp(telling("old"));
    await ask();
    become(() => null);
    await time.advance(61_000);
    await ask();
    await time.settle();
    const once = count();
    await ask();
    await time.settle();
    expect(count()).toBe(once);
  });

  it("costs whoever asks first, and nobody else", async () => {
    const { ask } = setUp(telling("old"));
    const [first, second] = [await ask(), await ask()];
    expect([first.provenance.cost?.series, second.provenance.cost]).toEqual([1, undefined]);
  });

  it("does not say how old the numbers are that stand beside it", async () => {
    expect((await setUp(telling("old")).ask()).provenance.observedAt).toBeNull();
  });

  it("is a part that is missing where it is not told, and is kept while a store is away", async () => {
    const { ask, names, become, time } = setUp(() => null);
    expect(await ask()).toMatchObject({ series: [], isPartial: true, isUntold: true, notices: [{ code: "not-told", level: "warning" }] });
    become(telling("old"));
    await time.advance(30_000);
    expect(await names()).toEqual(["old"]);
    become(() => null);
    await time.advance(120_000);
    expect([await names(), await names()]).toEqual([["old"], ["old"]]);
  });
});
