import { describe, expect, it } from "vitest";

import { ok } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { valueOf } from "./testing/rig.ts";
import { sourceOver, vector, type StoreOf } from "./testing/store-of.ts";

const minutes = (many: number): number => START_MS + many * 60_000;

interface Kept {
  native?: boolean;
  fromMs: number;
  toMs: number;
}

/** A store that keeps histograms of `call_seconds` during these times. */
const keeping =
  (...all: Kept[]): StoreOf =>
  ({ query, form }) => {
    if (query === "vector(time())") return [vector({}, START_MS / 1_000)];
    const toMs = Number(form["time"]) * 1_000;
    const [, many = "0", unit = "s"] = /\[(\d+)([smh])\]/.exec(query) ?? [];
    const fromMs = toMs - Number(many) * 1_000 * ({ m: 60, h: 3_600 }[unit] ?? 1);
    const isThere = all.some(
      (kept) =>
        query.includes("_bucket") !== (kept.native === true) && !query.includes("vmrange") && kept.fromMs <= toMs && kept.toMs > fromMs,
    );
    return isThere ? [vector({}, 1)] : [];
  };

function probing(...all: Kept[]) {
  const { prometheus, asked, time } = sourceOver(keeping(...all));
  const kindAt = async (toMs: number, lengthMs = 60_000): Promise<string> =>
    valueOf(await prometheus.probe.histograms("call_seconds", { fromMs: toMs - lengthMs, toMs }));
  return { kindAt, asked, time };
}

describe("which histograms a store kept", () => {
  it("is found for each moment of the past, whichever was asked for before", async () => {
    const { kindAt } = probing({ fromMs: minutes(-43), toMs: minutes(-22) }, { native: true, fromMs: minutes(-22), toMs: minutes(0) });
    const found = [];
    for (const at of [-55, -30, -5, -55]) found.push(await kindAt(minutes(at)));
    expect(found).toEqual(["none", "classic", "native", "none"]);
  });

  it("is found for each length of a window", async () => {
    const { kindAt } = probing({ fromMs: minutes(-60), toMs: minutes(-30) });
    expect([await kindAt(minutes(-1), 3_540_000), await kindAt(minutes(-1))]).toEqual(["classic", "none"]);
  });

  it("does not change with the hour, and is asked for once in a while", async () => {
    const { kindAt, asked, time } = probing({ fromMs: minutes(-60), toMs: minutes(60) });
    const found = new Set<string>();
    for (let second = 0; second < 300; second += 5) {
      await time.advance(5_000);
      found.add(await kindAt(time.clock.nowMs()));
    }
    expect([[...found], asked.length]).toEqual([["classic"], 2]);
    await time.advance(60_000);
    await kindAt(time.clock.nowMs());
    expect(asked).toHaveLength(4);
  });
});

it("a store that has just been started is asked again at which interval it scrapes", async () => {
  let targets: { scrapeInterval: string }[] = [];
  const { prometheus, time } = sourceOver((question) => {
    if (question.path !== "/api/v1/targets") return question.query === "vector(time())" ? [vector({}, START_MS / 1_000)] : [];
    const text = JSON.stringify({ status: "success", data: { activeTargets: targets } });
    return ok({ status: 200, mediaType: "application/json", text, elapsedMs: 1 });
  });
  const interval = async (): Promise<number | null> => valueOf(await prometheus.probe.scrapeMs(["calls_total"]));
  expect(await interval()).toBeNull();
  targets = [{ scrapeInterval: "5s" }];
  expect(await interval()).toBeNull();
  await time.advance(10_000);
  expect(await interval()).toBe(5_000);
  targets = [{ scrapeInterval: "30s" }];
  await time.advance(60_000);
  expect(await interval()).toBe(5_000);
});
