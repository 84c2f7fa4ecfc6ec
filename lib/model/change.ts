import { z } from "zod";

import { PlannedLeg, PlanDiff } from "./routing.ts";

/**
 * `asked` (journaled), `accepted` (written and read back equal), `live` (on every affected proxy), `observed` (the
 * asked share was seen in traffic); or it ends as one of the others. `undone` once its undo is live.
 */
export const ChangeState = z.enum([
  "asked",
  "accepted",
  "live",
  "observed",
  "refused",
  "rejected",
  "partly-live",
  "reverted",
  "needs-decision",
  "undone",
]);
export type ChangeState = z.infer<typeof ChangeState>;

/** What one affected proxy has of the change. */
export const ProxyProof = z.object({
  id: z.string(),
  state: z.enum(["live", "pending", "rejected", "unreachable"]),
  /** The version of the route that the proxy says it runs; `null` when it said nothing. */
  revision: z.string().nullable(),
  observedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});
export type ProxyProof = z.infer<typeof ProxyProof>;

/** Share of requests that one leg really got, with its 99.7 % Wilson interval. */
export const ObservedLeg = z.object({
  id: z.string(),
  version: z.string().nullable(),
  asked: z.number(),
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  count: z.number().int(),
  withinTolerance: z.boolean(),
});
export type ObservedLeg = z.infer<typeof ObservedLeg>;

/** The observed split: counted from `from`, over `n` requests of the affected callers. */
export const Observation = z.object({
  from: z.iso.datetime(),
  n: z.number().int(),
  legs: z.array(ObservedLeg),
  withinTolerance: z.boolean(),
});
export type Observation = z.infer<typeof Observation>;

/** A write to the mesh, from the moment it was asked to its end. */
export const Change = z.object({
  id: z.string(),
  planId: z.string(),
  routeId: z.string(),
  ruleId: z.string(),
  host: z.string(),
  target: z.string(),
  callers: z.array(z.string()),
  sentence: z.string(),
  legs: z.array(PlannedLeg),
  diff: PlanDiff,
  actor: z.string(),
  reason: z.string().nullable(),
  state: ChangeState,
  /** Why the state is what it is, as a sentence; `null` while nothing needs saying. */
  explanation: z.string().nullable(),
  /** What to do about it; `null` when nothing. */
  mend: z.string().nullable(),
  live: z.object({ n: z.number().int(), of: z.number().int(), proxies: z.array(ProxyProof) }),
  observed: Observation.nullable(),
  timings: z.object({
    askedAt: z.iso.datetime(),
    acceptedAt: z.iso.datetime().nullable(),
    liveAt: z.iso.datetime().nullable(),
    observedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    /** From the write on disk to the last proxy's proof, measured by a monotonic clock; `null` until live. */
    liveAfterMs: z.number().nullable(),
  }),
  undoOf: z.string().nullable(),
  undoneBy: z.string().nullable(),
  /** Whether undo is offered now. */
  canUndo: z.boolean(),
});
export type Change = z.infer<typeof Change>;
