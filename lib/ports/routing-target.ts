import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import type { PlanCheck, PlanDiff, PlanStep, Route, RouteRule } from "#lib/model/routing.ts";

/** A wish to set the weights of one rule; every leg of the rule is named. */
export interface SplitDraft {
  routeId: string;
  ruleId: string;
  /** Back end's integer weight by leg id. */
  weights: Readonly<Record<string, number>>;
  /** Written into the object so that a proof can find it; unique per write. */
  marker: string;
}

/**
 * A prepared write of one object. Plain JSON, so that a journal can keep it and a later process can go on with it.
 * `before` and `after` are the whole texts; `revisionBefore` and `revisionAfter` identify them.
 */
export interface PreparedWrite {
  targetId: string;
  routeId: string;
  ruleId: string;
  marker: string;
  format: string;
  location: string;
  before: string;
  after: string;
  revisionBefore: string;
  revisionAfter: string;
  /** Weight by leg id that each proof must find. */
  weights: Readonly<Record<string, number>>;
  proxies: readonly string[];
}

/** What a back end says to a draft. A failed check forbids the apply. */
export interface DraftAnswer {
  write: PreparedWrite;
  route: Route;
  rule: RouteRule;
  diff: PlanDiff;
  checks: PlanCheck[];
  steps: PlanStep[];
}

/** What each affected proxy had counted before the write, so that a later refusal can be told. Plain JSON. */
export type ProofBaseline = Readonly<Record<string, { rejected: number; failed: number; startedAtMs: number | null } | null>>;

/** Where the object stands: as it was before, as it was written, or as somebody else left it. */
export type WriteStanding =
  | { at: "before" }
  | { at: "after" }
  | { at: "foreign"; revision: string | null; modifiedAtMs: number | null; diff: PlanDiff | null };

/**
 * A place where routes are kept and can be changed. The order of calls is read, prepare, baseline, apply, verify;
 * `apply` never writes over a text it did not expect.
 */
export interface RoutingTarget {
  readonly id: string;
  routes(signal?: AbortSignal): Promise<Result<Sourced<Route[]>>>;
  /** Errors: NOT_FOUND for an unknown route. */
  route(routeId: string, signal?: AbortSignal): Promise<Result<Sourced<Route>>>;
  /** Edits the text, runs the checks, writes nothing. Errors: NOT_FOUND, INVALID (field, reason, mend), UNSUPPORTED. */
  prepare(draft: SplitDraft, signal?: AbortSignal): Promise<Result<DraftAnswer>>;
  /** Reads the refusal counters of the affected proxies; `null` for one that cannot be reached. */
  baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline>;
  /**
   * Puts `after` in the place of `before`. Errors: CONFLICT when the object is no longer `before`; SOURCE_REFUSED when
   * it cannot be written (full disk, no right); then the old text is still whole.
   */
  apply(write: PreparedWrite): Promise<Result<void>>;
  /** Puts `before` back in the place of `after`, byte for byte. Errors as `apply`. */
  restore(write: PreparedWrite): Promise<Result<void>>;
  /** Re-reads the object. */
  standing(write: PreparedWrite): Promise<Result<WriteStanding>>;
  /** Asks the affected proxies now what they have; only what a proxy itself confirms is `live`. */
  verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]>;
}
