import { describe, expect, test } from "vitest";

import type { Change, SplitChange } from "#lib/model/change.ts";
import type { RedChart } from "#lib/model/red-chart.ts";
import type { DiffLine } from "#lib/model/routing.ts";

import { applySteps, proofsByService, sinceAsked } from "./apply-steps-data.ts";
import { compareSides, effectEvidence, effectSentence, ownStretch } from "./before-after.ts";
import {
  changeMark,
  changeWord,
  isUnderWay,
  movedShareOf,
  observedWords,
  shortChange,
  tellingLeg,
  touchedLines,
  undoWords,
} from "./change-words.ts";
import { changesSentence } from "./changes-sentence.ts";
import { errorsSpec, shareSpec } from "./effect-specs.ts";
import { appliedAs, applyRefusal, changeBefore, planAgain, reviewOf } from "./review.ts";
import { splitChange, splitPlan } from "./testing/changes.ts";
import { markLines, markWords, toPatch } from "./word-diff.ts";

const plain = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null;
const T0 = Date.UTC(2026, 0, 1, 12);
const at = (ms: number) => new Date(T0 + ms).toISOString();

const LIVE: Change["live"] = { n: 6, of: 6, proxies: [] };
const TIMES = { askedAt: at(0), acceptedAt: null, liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null };

const names = (change: Change) => applySteps(change).map((step) => `${step.name} ${step.state}`);

const proof = (id: string, state: "live" | "pending") => ({ id, state, revision: null, observedAt: null, reason: null });

const line = (kind: DiffLine["kind"], before: number | null, after: number | null, text: string): DiffLine => ({
  kind,
  before,
  after,
  text,
});

const asked = (id: string, ms: number, part: Partial<SplitChange> = {}) =>
  splitChange({ id, planId: `plan-${id}`, state: "live", timings: { ...TIMES, askedAt: at(ms) }, ...part });

const times = (n: number, errors: number) => Array.from({ length: n }, () => errors);

describe("steps of a change", () => {
  test("nothing counts as done before it was seen", () => {
    expect(names(splitChange({ timings: TIMES }))).toEqual(["Asked done", "Accepted now", "Live waiting", "Observed waiting"]);
    const accepted = splitChange({ state: "accepted", timings: { ...TIMES, acceptedAt: at(200) } });
    expect(names(accepted)).toEqual(["Asked done", "Accepted done", "Live now", "Observed waiting"]);
    const live = splitChange({ state: "live", live: LIVE, timings: { ...TIMES, acceptedAt: at(200), liveAt: at(800), liveAfterMs: 47 } });
    expect(names(live)).toEqual(["Asked done", "Accepted done", "Live done", "Observed now"]);
    expect(applySteps(live)[2]?.text.replaceAll("\u00a0", " ")).toBe("on 6/6 proxies in 47 ms");
    expect(applySteps(live)[3]?.text).toBe("waiting for calls to count");
  });

  test.each([
    ["refused", "Accepted failed"],
    ["rejected", "Live failed"],
    ["partly-live", "Live failed"],
    ["needs-decision", "Live failed"],
  ] as const)("a change that is %s fails at its step and goes no further", (state, step) => {
    const acceptedAt = state === "refused" ? null : at(200);
    const steps = names(splitChange({ state, live: { n: 5, of: 6, proxies: [] }, timings: { ...TIMES, acceptedAt, endedAt: at(60_000) } }));
    expect(steps).toContain(step);
    expect(steps).toContain("Observed waiting");
  });

  test("the observed share stands beside the asked one, with its sample", () => {
    const leg = { id: "v2", version: "v2", asked: 0, share: 0.002, low: 0, high: 0.008, count: 1, withinTolerance: false };
    const change = splitChange({
      state: "live",
      live: LIVE,
      observed: { from: at(1_000), n: 490, withinTolerance: false, legs: [leg] },
      timings: { ...TIMES, acceptedAt: at(200), liveAt: at(800) },
    });
    expect(tellingLeg(change)).toBe(leg);
    expect(plain(observedWords(change))).toBe("v2 gets 0.20 % ± 0.4");
    expect(applySteps(change)[3]?.more).toBe("of calls, asked 0 %: 1 of 490 calls, not yet within tolerance");
  });

  test("times are counted from the asking", () => {
    const change = splitChange({ timings: TIMES });
    expect([sinceAsked(change, at(208)), sinceAsked(change, at(8_800)), sinceAsked(change, at(-5))]).toEqual([
      "+208 ms",
      "+8.8 s",
      "+0 ms",
    ]);
  });

  test("proofs are told by service, and an unknown proxy by its own name", () => {
    const change = splitChange({
      live: { n: 2, of: 4, proxies: [proof("f-0", "live"), proof("f-1", "pending"), proof("c-0", "live"), proof("x", "pending")] },
    });
    const services = new Map([
      ["f-0", "frontend"],
      ["f-1", "frontend"],
      ["c-0", "catalog"],
    ]);
    expect(proofsByService(change, services)).toEqual([
      { service: "catalog", n: 1, of: 1 },
      { service: "frontend", n: 1, of: 2 },
      { service: "x", n: 0, of: 1 },
    ]);
  });
});

describe("words of a change", () => {
  test("say how many proxies, never just done", () => {
    expect(changeWord(splitChange({ state: "accepted", live: { n: 2, of: 6, proxies: [] } }))).toBe("accepted, live on 2/6 proxies");
    expect(changeWord(splitChange({ state: "partly-live", live: { n: 5, of: 6, proxies: [] } }))).toBe("live on 5 of 6 proxies");
    expect((["asked", "live", "observed", "undone"] as const).map(isUnderWay)).toEqual([true, true, false, false]);
  });

  test("name the way back and the part that moves", () => {
    const change = splitChange();
    expect(undoWords(change)).toBe("v2 back to 10 %");
    expect([shortChange(change), changeMark(change)]).toEqual(["v2 10 % → 0 %", "v2 → 0 %"]);
    expect(movedShareOf(change.legs)).toBeCloseTo(0.1);
  });

  test("a list leads with what waits for a person", () => {
    expect(changesSentence([])).toBe("No changes yet");
    expect(changesSentence([splitChange({ state: "observed" }), splitChange({ state: "live" })])).toBe("1 change is being proven");
    expect(changesSentence([splitChange({ state: "partly-live" }), splitChange({ state: "live" })])).toBe("1 change needs a decision");
    expect(changesSentence([splitChange({ state: "observed" })])).toBe("1 change, none is waiting for anything");
  });
});

describe("the difference", () => {
  test("marks the words that differ", () => {
    expect(markWords("  weight: 90 } # x", "  weight: 100 } # x")).toEqual({
      removed: { before: "  weight: ", changed: "90", after: " } # x" },
      added: { before: "  weight: ", changed: "100", after: " } # x" },
    });
    expect(markWords("a", "a").added.changed).toBe("");
    expect(markWords("", "x y").added).toEqual({ before: "", changed: "x y", after: "" });
  });

  test("pairs lines within their block, in turn or one after the other", () => {
    const marks = markLines([
      line("same", 1, 1, "a"),
      line("removed", 2, null, "w: 90"),
      line("removed", 3, null, "w: 10"),
      line("added", null, 2, "w: 100"),
      line("same", 4, 3, "b"),
      line("added", null, 4, "c"),
    ]);
    expect(marks.map((one) => one.marked?.changed ?? null)).toEqual([null, "90", null, "100", null, null]);
  });

  test("is a patch that other tools take, and counts a rewritten line once", () => {
    const diff = {
      format: "yaml",
      location: "routes/reviews.yaml",
      before: "",
      after: "",
      hunks: [
        {
          lines: [
            line("same", 3, 3, "x:"),
            line("removed", 4, null, "  w: 90"),
            line("added", null, 4, "  w: 100"),
            line("same", 5, 5, "y:"),
          ],
        },
      ],
    };
    expect(toPatch(diff)).toBe("--- a/routes/reviews.yaml\n+++ b/routes/reviews.yaml\n@@ -3,3 +3,3 @@\n x:\n-  w: 90\n+  w: 100\n y:\n");
    expect(touchedLines(diff)).toBe(1);
  });
});

describe("a review", () => {
  const plan = splitPlan();

  test("of a plan can be applied while it is fresh and its checks pass", () => {
    const review = reviewOf(plan, undefined);
    expect(review).not.toBeNull();
    if (review === null) return;
    expect(review.proxyCount).toBe(2);
    expect(planAgain(review)).toEqual({ routeId: "fake:reviews", ruleId: "all/main", weights: { v1: 100, v2: 0 } });
    expect(applyRefusal(review, T0, null)).toBeNull();
    expect(applyRefusal(review, T0, "read-only")).toBe("read-only");
    expect(applyRefusal(review, T0 + 900_001, null)).toContain("15 minutes");
  });

  test("is closed by one failing check, with its reason", () => {
    const review = reviewOf(
      { ...plan, checks: [...plan.checks, { code: "x", level: "fail", text: "v2 has no endpoint", mend: "Start v2." }] },
      undefined,
    );
    expect(review === null ? null : applyRefusal(review, T0, null)).toBe("A check fails: v2 has no endpoint. Start v2.");
  });

  test("of a change outlives its plan", () => {
    const review = reviewOf(undefined, splitChange({ live: LIVE }));
    expect(review?.plan).toBeNull();
    expect(review?.proxyCount).toBe(6);
    expect(reviewOf(undefined, undefined)).toBeNull();
  });
});

/** Everything counts. */
const STRETCH = { atMs: T0, sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

const changeAt = (id: string, ms: number | null, target = "shop/reviews") =>
  splitChange({ id, target, timings: { ...TIMES, acceptedAt: ms === null ? null : at(ms) } });

describe("before and after", () => {
  const STEP = 10_000;

  /** Steps of 10 s around T0: `before` steps of 300 calls with so many errors each, then the step with the change, then the rest. */
  function chartOf(before: number[], after: number[], calls = 300): RedChart {
    const errors: (number | null)[] = [...before, 2, ...after];
    const first = T0 - before.length * STEP + 5_000;
    const t = errors.map((_, index) => first + index * STEP);
    const count = errors.map(() => calls);
    const nothing = errors.map(() => null);
    const group = {
      group: "v1",
      t,
      rate: nothing,
      errorRatio: nothing,
      errorCount: errors,
      count,
      p50Ms: nothing,
      p95Ms: nothing,
      p99Ms: nothing,
    };
    return {
      subject: "s",
      window: { from: new Date(first - STEP).toISOString(), to: new Date(t.at(-1) ?? T0).toISOString() },
      stepMs: STEP,
      series: [group],
    };
  }

  test("the step of the change belongs to neither side", () => {
    const { before, after } = compareSides(chartOf([3, 3], [1]), STRETCH, 0.1);
    expect(before).toEqual({ count: 600, errors: 6, spanMs: 20_000 });
    expect(after).toEqual({ count: 300, errors: 1, spanMs: 10_000 });
    expect(plain(effectEvidence({ before, after, word: "too-few", direction: "none" }))).toBe(
      "6 of 600 calls failed in the 20 s before, 1 of 300 in the 10 s since.",
    );
  });

  test("what came before an earlier change is left out", () => {
    expect(compareSides(chartOf([9, 3, 3], [1]), { ...STRETCH, sinceMs: T0 - 25_000 }, 0.1).before).toEqual({
      count: 600,
      errors: 6,
      spanMs: 20_000,
    });
    expect(compareSides(chartOf([3], [1, 9]), { ...STRETCH, untilMs: T0 + 15_000 }, 0.1).after).toEqual({
      count: 300,
      errors: 1,
      spanMs: 10_000,
    });
  });

  test("a change's own stretch ends where another change of its target begins", () => {
    const change = changeAt("2", 0);
    expect(ownStretch(change, [change])).toEqual({ atMs: T0, sinceMs: T0 - 120_000, untilMs: T0 + 300_000 });
    const others = [change, changeAt("1", -50_000), changeAt("3", 44_000), changeAt("4", null), changeAt("5", 10_000, "shop/other")];
    expect(ownStretch(change, others)).toEqual({ atMs: T0, sinceMs: T0 - 50_000, untilMs: T0 + 44_000 });
    expect(ownStretch(changeAt("6", null), others)).toBeNull();
  });

  test("a clear fall is told with its direction, an unclear one is not", () => {
    const clear = compareSides(chartOf(times(12, 3), times(12, 0)), STRETCH, 0.1);
    expect(clear).toMatchObject({ word: "very-likely", direction: "better" });
    expect(plain(effectSentence(clear, true))).toBe("Errors fell from 1.0 % to 0 %: very likely better, still counting");
    const unclear = compareSides(chartOf(times(12, 3), times(2, 2)), STRETCH, 0.1);
    expect(unclear.direction).toBe("none");
    expect(plain(effectSentence(unclear, true))).toBe("Errors 1.0 % before, 0.67 % since: no clear difference yet, still counting");
    expect(plain(effectSentence(unclear, false))).toBe("Errors 1.0 % before, 0.67 % since: no clear difference");
  });

  test("a rise is worse", () => {
    expect(compareSides(chartOf(times(12, 0), times(12, 6)), STRETCH, 0.5)).toMatchObject({ word: "very-likely", direction: "worse" });
  });

  test("too few calls are said to be too few, and none to be none", () => {
    expect(compareSides(chartOf(times(2, 0), times(2, 3), 20), STRETCH, 0.1).word).toBe("too-few");
    expect(effectSentence(compareSides(chartOf(times(2, 0), []), STRETCH, 0.1), true)).toBe("No calls counted since, still counting");
  });

  test("looks only when the calls since have doubled, so that a later step alone cannot turn the verdict", () => {
    const calm = compareSides(chartOf(times(12, 3), [3]), STRETCH, 0.1);
    const worse = compareSides(chartOf(times(12, 3), [3, 300]), STRETCH, 0.1);
    expect(calm.word).toBe("no-difference");
    expect(worse.after.errors).toBe(303);
    expect(worse.word).toBe("very-likely");
    expect(compareSides(chartOf(times(12, 3), times(3, 3)), STRETCH, 0.1).word).toBe("no-difference");
  });

  test("charts carry the moment, the asked share and every gap", () => {
    const chart = chartOf(times(12, 1), times(3, 0));
    const look = { atMs: T0, label: "v2 → 0 %", versions: ["v1", "v2"], told: { version: "v2", before: 0.1, after: 0 } };
    const errors = errorsSpec(chart, look);
    expect(errors.marks).toEqual([{ t: T0, label: "v2 → 0 %" }]);
    expect(errors.ticks.every(Number.isInteger)).toBe(true);
    const share = shareSpec(chart, look);
    expect(share?.asked?.map((piece) => [piece.from.value, piece.to.value])).toEqual([
      [0.1, 0.1],
      [0.1, 0],
      [0, 0],
    ]);
    expect(shareSpec(chart, { ...look, told: null })).toBeNull();
    expect(errorsSpec(chart, { ...look, atMs: null }).marks).toBeUndefined();
  });
});

describe("changes of the same object", () => {
  const all = [asked("4", 4_000), asked("3", 3_000, { state: "refused" }), asked("2", 2_000), asked("1", 1_000)];

  test("tell which one a plan became, once it was written", () => {
    const written = all.map((one) => (one.state === "refused" ? one : { ...one, timings: { ...one.timings, acceptedAt: at(5_000) } }));
    expect(appliedAs(written, "plan-2")?.id).toBe("2");
    expect(appliedAs(written, "plan-3")).toBeUndefined();
    expect(appliedAs([asked("5", 5_000)], "plan-5")).toBeUndefined();
    expect(appliedAs(all, "plan-9")).toBeUndefined();
    expect(appliedAs([asked("1", 0, { planId: "" })], "")).toBeUndefined();
  });

  test("name the one before, never itself, and none that wrote nothing", () => {
    const of = (change: Change | undefined, planId: string) => {
      const review = reviewOf(change === undefined ? splitPlan({ id: planId }) : undefined, change);
      return review === null ? "no review" : changeBefore(all, review)?.id;
    };
    expect(of(all[0], "plan-4")).toBe("2");
    expect(of(all[2], "plan-2")).toBe("1");
    expect(of(all[3], "plan-1")).toBeUndefined();
    expect(of(undefined, "plan-9")).toBe("4");
    expect(of(undefined, "plan-4")).toBe("2");
  });
});
