import { describe, expect, test } from "vitest";

import type { DemandObservation } from "#lib/model/change.ts";

import { applySteps, refusedSince } from "./apply-steps-data.ts";
import { changeMark, changeTexts, kindWord, observedWords, reviewTitle, shortChange, undoWords } from "./change-words.ts";
import { demandMove, demandVerdict, isStricter, isUndoStricter, refusesSentence, watchedSentence } from "./demand-words.ts";
import { applyRefusal, planAgain, reviewOf, type DemandReview } from "./review.ts";
import { demandChange, demandPlan } from "./testing/changes.ts";

const plain = (text: string | null | undefined) => text?.replaceAll("\u00a0", " ") ?? null;
const NOW = Date.parse("2026-01-01T12:00:00.000Z");
const at = (ms: number) => new Date(NOW + ms).toISOString();
const TIMES = { askedAt: at(0), acceptedAt: at(200), liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null };
const LOOSER = { before: "strict", after: "permissive" } as const;

function reviewOfDemand(part: Parameters<typeof demandPlan>[0] = {}): DemandReview {
  const review = reviewOf(demandPlan(part), undefined);
  if (review?.kind !== "demand") throw new Error("not a review of a demand");
  return review;
}

const seen = (part: Partial<DemandObservation> = {}): DemandObservation => ({
  from: at(1_000),
  mutual: 1_234,
  plaintext: 0,
  refused: [{ source: "unknown/legacy-report", address: "127.0.1.12", count: 43 }],
  holds: true,
  ...part,
});

const moreOf = (observed: DemandObservation) =>
  applySteps(demandChange({ state: "live", observed, timings: { ...TIMES, liveAt: at(900) } }))[3]?.more;

describe("a demand in words", () => {
  test("is named by what becomes of plaintext", () => {
    expect(reviewTitle(reviewOfDemand())).toBe("ledger refuses plaintext");
    expect(reviewTitle(reviewOfDemand(LOOSER))).toBe("ledger lets plaintext in again");
    expect(demandMove({ before: "strict", after: "oneWay" })).toBe("takes TLS, with or without a client certificate");
    expect(demandMove({ before: "unknown", after: "strict" })).toBe("refuses plaintext");
    expect(demandMove({ before: "permissive", after: "unknown" })).toBe("takes what it lets in is not known");
  });

  test.each([
    ["permissive", "strict", true],
    ["off", "strict", true],
    ["unknown", "strict", true],
    ["strict", "permissive", false],
    ["oneWay", "strict", false],
    ["strict", "unknown", false],
  ] as const)("from %s to %s takes something from plaintext callers: %s", (before, after, expected) => {
    expect(isStricter({ before, after })).toBe(expected);
  });

  test.each([
    ["permissive", "strict", false],
    ["strict", "permissive", true],
    ["strict", "off", true],
    ["strict", "unknown", true],
    ["off", "permissive", false],
  ] as const)("from %s to %s is undone by refusing callers: %s", (before, after, expected) => {
    expect(isUndoStricter({ before, after })).toBe(expected);
  });

  test("has a short name, a mark, a way back and texts to be found by", () => {
    const change = demandChange();
    expect([shortChange(change), changeMark(change), undoWords(change), kindWord(change)]).toEqual([
      "refuses plaintext",
      "plaintext refused",
      "let plaintext in again",
      "transport",
    ]);
    const back = demandChange(LOOSER);
    expect([shortChange(back), changeMark(back), undoWords(back)]).toEqual([
      "lets plaintext in again",
      "plaintext let in",
      "refuse plaintext again",
    ]);
    expect(changeTexts(change)).toContain("payments/ledger");
  });
});

describe("who would be refused", () => {
  test("is named, and before the writing it is only a would", () => {
    expect(refusesSentence(demandChange(), true, NOW)).toBe("1 caller would be refused: legacy-report");
    expect(refusesSentence(demandChange(), false, NOW)).toBe("1 caller was to be refused: legacy-report");
  });

  test("is never nobody, only nobody that was seen", () => {
    const none = demandChange({ refuses: [] });
    expect(refusesSentence(none, true, NOW)).toMatch(/^Nobody that was seen since \d\d:46:00 would be refused$/);
    expect(refusesSentence({ ...none, observedSince: null }, true, NOW)).toBe(
      "Callers were not watched: nobody knows who would be refused",
    );
    expect(plain(watchedSentence(none.observedSince, NOW))).toBe("Watched for 14 min. A caller that runs once a week would not show.");
  });
});

describe("steps of a demand", () => {
  test("say what is asked, and that old connections keep it from being live", () => {
    const [asked, , live] = applySteps(demandChange({ state: "accepted", timings: TIMES }));
    expect(asked?.text).toBe("mutual TLS only, before: mutual TLS and plaintext");
    expect(live).toMatchObject({ state: "now", more: "live as soon as the old plaintext connections have ended as well" });
    const looser = applySteps(demandChange({ ...LOOSER, state: "accepted", timings: TIMES }))[2];
    expect(looser?.more).toBeNull();
  });

  test("count what came since, by transport and by refused caller", () => {
    const observed = seen({
      refused: [...seen().refused, { source: null, address: "10.0.0.9", count: 2 }, { source: null, address: null, count: 50 }],
    });
    const change = demandChange({ state: "live", observed, timings: { ...TIMES, liveAt: at(900) } });
    expect(applySteps(change)[3]).toMatchObject({ text: "0 of 1,234 requests in plaintext", more: "1,234 over mutual TLS, as asked" });
    expect(refusedSince(change)).toEqual([
      { caller: "a caller that could not be told", words: "50 connections" },
      { caller: "legacy-report", words: "43 connections" },
      { caller: "10.0.0.9", words: "2 connections" },
    ]);
    expect(observedWords(change)).toBe("0 of 1,234 requests in plaintext, 95 connections refused");
    expect(observedWords(demandChange())).toBeNull();
  });

  test("do not call it as asked while plaintext still comes or too little came", () => {
    expect(moreOf(seen({ plaintext: 3, holds: false }))).toBe("1,234 over mutual TLS, there may be none");
    expect(moreOf(seen({ mutual: 4, holds: false }))).toBe("4 over mutual TLS, too few to tell");
  });
});

describe("did a demand help", () => {
  test("is judged by what was let in, never by what was not seen", () => {
    const move = demandChange();
    expect(demandVerdict(move, null)).toBeNull();
    expect(demandVerdict(move, seen())).toBe("No request came in plaintext since, 43 connections refused of legacy-report");
    expect(demandVerdict(move, seen({ refused: [] }))).toBe("No request came in plaintext since, nobody was refused so far");
    expect(demandVerdict(move, seen({ plaintext: 3, holds: false }))).toBe("It does not hold: 3 of 1,237 requests in plaintext since");
    expect(demandVerdict(move, seen({ mutual: 4, holds: false }))).toContain("Too few requests to tell");
    expect(demandVerdict(LOOSER, seen({ plaintext: 3, refused: [] }))).toBe(
      "3 of 1,237 requests in plaintext since, nobody was refused so far",
    );
  });
});

describe("a review of a demand", () => {
  test("keeps what the plan saw, also as a change", () => {
    const review = reviewOfDemand();
    expect(review.move.refuses).toHaveLength(1);
    expect(applyRefusal(review, NOW, null)).toBeNull();
    const change = demandChange({ live: { n: 1, of: 1, proxies: [] } });
    expect(reviewOf(undefined, change)).toMatchObject({ kind: "demand", plan: null, change, move: { after: "strict" }, proxyCount: 1 });
  });

  test("is planned again by its object; letting plaintext in is asked for by an undo alone", () => {
    expect(planAgain(reviewOfDemand())).toEqual({ objectId: "fake:ledger", demand: "strict" });
    expect(planAgain(reviewOfDemand(LOOSER))).toBeNull();
  });
});
