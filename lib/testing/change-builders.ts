import type { Change } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";

import { START_MS } from "./builders.ts";

const ASKED_AT = new Date(START_MS).toISOString();

/** A change that moves `reviews` from 90 / 10 to 100 / 0, just asked. */
export function changeOf(part: Partial<Change> = {}): Change {
  const id = part.id ?? "1";
  return {
    id,
    planId: `plan-${id}`,
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
    diff: { format: "text", location: "fake/reviews", before: "before", after: `after-${id}`, hunks: [] },
    actor: "local",
    reason: null,
    state: "asked",
    explanation: null,
    mend: null,
    live: { n: 0, of: 1, proxies: [{ id: "caller-1", state: "pending", revision: null, observedAt: null, reason: null }] },
    observed: null,
    timings: { askedAt: ASKED_AT, acceptedAt: null, liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null },
    undoOf: null,
    undoneBy: null,
    canUndo: false,
    ...part,
  };
}

/** The record of such a change, as a journal keeps it. */
export function recordOf(change: Partial<Change> = {}, part: Partial<Omit<ChangeRecord, "change">> = {}): ChangeRecord {
  const whole = changeOf(change);
  return {
    change: whole,
    write: {
      targetId: "fake",
      routeId: whole.routeId,
      ruleId: whole.ruleId,
      marker: `weft-${whole.planId}`,
      format: whole.diff.format,
      location: whole.diff.location,
      before: whole.diff.before,
      after: whole.diff.after,
      revisionBefore: "rev:before",
      revisionAfter: `rev:after-${whole.id}`,
      weights: { v1: 100, v2: 0 },
      proxies: ["caller-1"],
    },
    baseline: { "caller-1": { rejected: 0, failed: 0, startedAtMs: 0 } },
    settleMs: 5_000,
    isRestoring: false,
    ...part,
  };
}
