import { z } from "zod";

import { ServerDemand } from "./tls.ts";

/** One destination of a rule. `weight` is the back end's own integer, `share` = weight / total (0 to 1). */
export const SplitLeg = z.object({
  id: z.string(),
  service: z.string(),
  version: z.string().nullable(),
  weight: z.number().int().nonnegative(),
  share: z.number(),
});
export type SplitLeg = z.infer<typeof SplitLeg>;

/** One rule of a route: which requests, and how they are shared among the legs. */
export const RouteRule = z.object({
  id: z.string(),
  /** What it matches, as a sentence ("every path"). */
  match: z.string(),
  legs: z.array(SplitLeg),
  timeoutMs: z.number().nullable(),
  retries: z.string().nullable(),
  /** Whether Weft can move weights here; the reason when not. */
  editable: z.boolean(),
  reason: z.string().nullable(),
});
export type RouteRule = z.infer<typeof RouteRule>;

/** Who last wrote a route, as far as its source can tell. */
export const Owner = z.object({
  kind: z.enum(["weft", "human", "gitops", "controller", "unknown"]),
  name: z.string(),
  /** ISO time of that last write; `null` when unknown. */
  since: z.iso.datetime().nullable(),
  /** The change that wrote it, when Weft did. */
  changeId: z.string().nullable(),
});
export type Owner = z.infer<typeof Owner>;

/** A route: one host and its rules, with the text they are written in. */
export const Route = z.object({
  id: z.string(),
  host: z.string(),
  /** Node id of the service that the host stands for. */
  target: z.string(),
  kind: z.string(),
  source: z.string(),
  owner: Owner,
  rules: z.array(RouteRule),
  /** Version of the object as read; a plan is bound to it. */
  revision: z.string(),
  config: z.object({ format: z.string(), location: z.string(), text: z.string() }),
  /** Ids of the proxies that take this route, also of those that cannot be reached now. */
  proxies: z.array(z.string()),
  /** Why it cannot be steered as it stands; `null` when it can. */
  problem: z.string().nullable(),
});
export type Route = z.infer<typeof Route>;

/** One check of a plan. `fail` forbids the apply; `unknown` = it could not be run, and why. */
export const PlanCheck = z.object({
  code: z.string(),
  level: z.enum(["pass", "note", "warn", "fail", "unknown"]),
  text: z.string(),
  mend: z.string().nullable(),
});
export type PlanCheck = z.infer<typeof PlanCheck>;

/** A line of a hunk: old and new line numbers (1-based, `null` where the line is absent on that side). */
export const DiffLine = z.object({
  kind: z.enum(["same", "removed", "added"]),
  before: z.number().int().nullable(),
  after: z.number().int().nullable(),
  text: z.string(),
});
export type DiffLine = z.infer<typeof DiffLine>;

/** The change to the text, whole and in hunks of changed lines with three lines around them. */
export const PlanDiff = z.object({
  format: z.string(),
  location: z.string(),
  before: z.string(),
  after: z.string(),
  hunks: z.array(z.object({ lines: z.array(DiffLine) })),
});
export type PlanDiff = z.infer<typeof PlanDiff>;

/** One ordered step of a plan, in words: what must hold before, what is done, how it is taken back, how it is proven. */
export const PlanStep = z.object({
  precondition: z.string(),
  forward: z.string(),
  inverse: z.string(),
  proof: z.string(),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** A leg of a split before and after a plan. */
export const PlannedLeg = z.object({
  id: z.string(),
  version: z.string().nullable(),
  before: z.object({ weight: z.number().int(), share: z.number() }),
  after: z.object({ weight: z.number().int(), share: z.number() }),
});
export type PlannedLeg = z.infer<typeof PlannedLeg>;

/** A caller that a stricter demand would refuse, as it was seen when the plan was made. */
export const RefusedCaller = z.object({
  source: z.string(),
  address: z.string().nullable(),
  /** Requests since `observedSince`. */
  count: z.number().int(),
  lastSeen: z.iso.datetime(),
});
export type RefusedCaller = z.infer<typeof RefusedCaller>;

/** What a workload demands of its callers before and after, and whom that refuses. */
export const DemandMove = z.object({
  before: ServerDemand,
  after: ServerDemand,
  /** Empty = nobody that was seen. */
  refuses: z.array(RefusedCaller),
  /** Since when callers were watched; `null` = they were not, and nothing is known of them. */
  observedSince: z.iso.datetime().nullable(),
});
export type DemandMove = z.infer<typeof DemandMove>;

/** What every plan has: the words, the lines, the checks. Nothing is written by planning. */
const PlanBase = z.object({
  id: z.string(),
  /** The object that would be written: a route, or the listener of a workload. */
  objectId: z.string(),
  /** Node id of the service that it is about. */
  target: z.string(),
  sentence: z.string(),
  steps: z.array(PlanStep),
  diff: PlanDiff,
  checks: z.array(PlanCheck),
  owner: Owner,
  affectedProxies: z.array(z.string()),
  revision: z.string(),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** The change that this plan undoes. */
  undoOf: z.string().nullable(),
});

/** New weights of one rule of a route. */
export const SplitPlan = PlanBase.extend({
  kind: z.literal("split"),
  routeId: z.string(),
  ruleId: z.string(),
  host: z.string(),
  legs: z.array(PlannedLeg),
  /** Node ids of the services whose proxies take the route. */
  callers: z.array(z.string()),
  /** The weights that take it back, by leg id. */
  inverse: z.record(z.string(), z.number().int()),
});
export type SplitPlan = z.infer<typeof SplitPlan>;

/** Another demand of a workload on its callers: plaintext is refused, or let in again. */
export const DemandPlan = PlanBase.extend({ kind: z.literal("demand"), ...DemandMove.shape });
export type DemandPlan = z.infer<typeof DemandPlan>;

/** What would be written, and everything a reader needs to decide. */
export const Plan = z.discriminatedUnion("kind", [SplitPlan, DemandPlan]);
export type Plan = z.infer<typeof Plan>;
