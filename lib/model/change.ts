import { z } from "zod";

import { DemandMove, PlannedLeg, PlanDiff } from "./routing.ts";

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

/** What came after a demand was live: requests that were let in, and connections that were refused. */
export const DemandObservation = z.object({
  from: z.iso.datetime(),
  /** Requests over mutual TLS, and plaintext ones: of a strict workload there may be none. */
  mutual: z.number().int(),
  plaintext: z.number().int(),
  /** Refused connections by caller; `source: null` = it could not be told who. */
  refused: z.array(z.object({ source: z.string().nullable(), address: z.string().nullable(), count: z.number().int() })),
  /** Whether it is what was asked: enough requests came, and none of the kind that is refused. */
  holds: z.boolean(),
});
export type DemandObservation = z.infer<typeof DemandObservation>;

const ChangeBase = z.object({
  id: z.string(),
  planId: z.string(),
  /** The object that was written: a route, or the listener of a workload. */
  objectId: z.string(),
  target: z.string(),
  sentence: z.string(),
  diff: PlanDiff,
  actor: z.string(),
  reason: z.string().nullable(),
  state: ChangeState,
  /** Why the state is what it is, as a sentence; `null` while nothing needs saying. */
  explanation: z.string().nullable(),
  /** What to do about it; `null` when nothing. */
  mend: z.string().nullable(),
  live: z.object({ n: z.number().int(), of: z.number().int(), proxies: z.array(ProxyProof) }),
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

/** Weights that were moved. */
export const SplitChange = ChangeBase.extend({
  kind: z.literal("split"),
  routeId: z.string(),
  ruleId: z.string(),
  host: z.string(),
  callers: z.array(z.string()),
  legs: z.array(PlannedLeg),
  observed: Observation.nullable(),
});
export type SplitChange = z.infer<typeof SplitChange>;

/** A workload's demand that was changed. */
export const DemandChange = ChangeBase.extend({
  kind: z.literal("demand"),
  ...DemandMove.shape,
  observed: DemandObservation.nullable(),
});
export type DemandChange = z.infer<typeof DemandChange>;

/** A write to the mesh, from the moment it was asked to its end. */
export const Change = z.discriminatedUnion("kind", [SplitChange, DemandChange]);
export type Change = z.infer<typeof Change>;
