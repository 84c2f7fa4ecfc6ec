import type { DemandChange, SplitChange } from "#lib/model/change.ts";
import type { DemandPlan, SplitPlan } from "#lib/model/routing.ts";

const ASKED_AT = "2026-01-01T12:00:00.000Z";

const SHARED = {
  id: "1",
  planId: "plan-1",
  diff: { format: "text", location: "fake/object", before: "before", after: "after", hunks: [] },
  actor: "local",
  reason: null,
  state: "asked",
  explanation: null,
  mend: null,
  live: { n: 0, of: 1, proxies: [] },
  timings: { askedAt: ASKED_AT, acceptedAt: null, liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null },
  undoOf: null,
  undoneBy: null,
  canUndo: false,
} as const satisfies Partial<SplitChange>;

/** A change that moves `reviews` from 90 / 10 to 100 / 0, just asked. */
export function splitChange(part: Partial<SplitChange> = {}): SplitChange {
  return {
    ...SHARED,
    diff: { ...SHARED.diff, hunks: [] },
    live: { ...SHARED.live, proxies: [] },
    kind: "split",
    objectId: "fake:reviews",
    routeId: "fake:reviews",
    ruleId: "all/main",
    host: "reviews",
    target: "shop/reviews",
    callers: ["shop/frontend"],
    sentence: "v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of them.",
    legs: [
      { id: "v1", version: "v1", before: { weight: 90, share: 0.9 }, after: { weight: 100, share: 1 } },
      { id: "v2", version: "v2", before: { weight: 10, share: 0.1 }, after: { weight: 0, share: 0 } },
    ],
    observed: null,
    ...part,
  };
}

/** A change that makes `ledger` refuse plaintext, of which one caller was seen; just asked. */
export function demandChange(part: Partial<DemandChange> = {}): DemandChange {
  return {
    ...SHARED,
    diff: { ...SHARED.diff, hunks: [] },
    live: { ...SHARED.live, proxies: [] },
    kind: "demand",
    objectId: "fake:ledger",
    target: "payments/ledger",
    sentence: "ledger refuses plaintext from now on.",
    before: "permissive",
    after: "strict",
    refuses: [{ source: "unknown/legacy-report", address: "127.0.1.12", count: 240, lastSeen: ASKED_AT }],
    observedSince: "2026-01-01T11:46:00.000Z",
    observed: null,
    ...part,
  };
}

const PLANNED = {
  steps: [],
  checks: [{ code: "fine", level: "pass" as const, text: "fine", mend: null }],
  owner: { kind: "human" as const, name: "by hand", since: null, changeId: null },
  affectedProxies: ["a", "b"],
  revision: "r",
  reason: null,
  createdAt: ASKED_AT,
  expiresAt: "2026-01-01T12:15:00.000Z",
  undoOf: null,
};

/** The plan of such a split. */
export function splitPlan(part: Partial<SplitPlan> = {}): SplitPlan {
  const { kind, objectId, routeId, ruleId, host, target, callers, sentence, legs, diff } = splitChange();
  return { ...PLANNED, id: "p", kind, objectId, routeId, ruleId, host, target, callers, sentence, legs, diff, inverse: {}, ...part };
}

/** The plan of such a demand. */
export function demandPlan(part: Partial<DemandPlan> = {}): DemandPlan {
  const { kind, objectId, target, sentence, diff, before, after, refuses, observedSince } = demandChange();
  return { ...PLANNED, id: "p", kind, objectId, target, sentence, diff, before, after, refuses, observedSince, ...part };
}
