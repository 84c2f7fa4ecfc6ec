import type { Change, DemandChange, SplitChange } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { Expectation } from "#lib/ports/write-target.ts";

import { START_MS } from "./builders.ts";

const ASKED_AT = new Date(START_MS).toISOString();

function baseOf(id: string, location: string, proxy: string) {
  return {
    id,
    planId: `plan-${id}`,
    diff: { format: "text", location, before: "before", after: `after-${id}`, hunks: [] },
    actor: "local",
    reason: null,
    state: "asked" as const,
    explanation: null,
    mend: null,
    live: { n: 0, of: 1, proxies: [{ id: proxy, state: "pending" as const, revision: null, observedAt: null, reason: null }] },
    observed: null,
    timings: { askedAt: ASKED_AT, acceptedAt: null, liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null },
    undoOf: null,
    undoneBy: null,
    canUndo: false,
  };
}

/** A change that moves `reviews` from 90 / 10 to 100 / 0, just asked. */
export function changeOf(part: Partial<SplitChange> = {}): SplitChange {
  const routeId = part.routeId ?? "fake:reviews";
  return {
    ...baseOf(part.id ?? "1", "fake/reviews", "caller-1"),
    kind: "split",
    objectId: routeId,
    routeId,
    ruleId: "all/main",
    host: "reviews",
    target: "shop/reviews",
    callers: ["shop/frontend"],
    sentence: "v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of them.",
    legs: [
      { id: "v1", version: "v1", before: { weight: 90, share: 0.9 }, after: { weight: 100, share: 1 } },
      { id: "v2", version: "v2", before: { weight: 10, share: 0.1 }, after: { weight: 0, share: 0 } },
    ],
    ...part,
  };
}

/** A change that makes `ledger` refuse plaintext, which `legacy` was seen to use; just asked. */
export function demandChangeOf(part: Partial<DemandChange> = {}): DemandChange {
  return {
    ...baseOf(part.id ?? "1", "demands/ledger", "ledger-1"),
    kind: "demand",
    objectId: "demands:ledger",
    target: "shop/ledger",
    sentence: "ledger refuses plaintext from now on; 1 caller that was seen would be refused: legacy.",
    before: "permissive",
    after: "strict",
    refuses: [{ source: "shop/legacy", address: "10.0.0.9", count: 43, lastSeen: ASKED_AT }],
    observedSince: ASKED_AT,
    ...part,
  };
}

/** A record of which the kind of change is known. */
export type RecordOf<C extends Change> = Omit<ChangeRecord, "change"> & { change: C };
type RecordPart = Partial<Omit<ChangeRecord, "change">>;

function recordWith<C extends Change>(change: C, targetId: string, expects: Expectation): RecordOf<C> {
  const proxies = change.live.proxies.map(({ id }) => id);
  return {
    change,
    write: {
      targetId,
      objectId: change.objectId,
      marker: `weft-${change.planId}`,
      format: change.diff.format,
      location: change.diff.location,
      before: change.diff.before,
      after: change.diff.after,
      revisionBefore: "rev:before",
      revisionAfter: `rev:after-${change.id}`,
      expects,
      proxies,
    },
    baseline: Object.fromEntries(proxies.map((id) => [id, { rejected: 0, failed: 0, startedAtMs: 0 }])),
    settleMs: 5_000,
    isRestoring: false,
  };
}

/** The record of a change of weights, as a journal keeps it. */
export function recordOf(change: Partial<SplitChange> = {}, part: RecordPart = {}): RecordOf<SplitChange> {
  const whole = changeOf(change);
  return { ...recordWith(whole, "fake", { kind: "weights", ruleId: whole.ruleId, weights: { v1: 100, v2: 0 } }), ...part };
}

/** The record of a change of a demand. */
export function demandRecordOf(change: Partial<DemandChange> = {}, part: RecordPart = {}): RecordOf<DemandChange> {
  const whole = demandChangeOf(change);
  return { ...recordWith(whole, "demands", { kind: "demand", listener: "inbound", demand: whole.after, leaving: ["plain"] }), ...part };
}
