import type { ProxyProof } from "#lib/model/change.ts";
import type { Result } from "#lib/model/errors.ts";
import type { PlanDiff } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

/** What the proof of a write must find on every proxy. Plain JSON. */
export type Expectation =
  /** Back end's integer weight by leg id, in one rule of a route. */
  | { kind: "weights"; ruleId: string; weights: Readonly<Record<string, number>> }
  /** What a listener demands. `leaving` are the source's names of what the write takes away: nothing may be left open on it. */
  | { kind: "demand"; listener: string; demand: ServerDemand; leaving: readonly string[] };

/**
 * A prepared write of one object. Plain JSON, so that a journal can keep it and a later process can go on with it.
 * `before` and `after` are the whole texts; `revisionBefore` and `revisionAfter` identify them.
 */
export interface PreparedWrite {
  targetId: string;
  /** The object that is written: a route's id, or that of the listener of a workload. Unique over all targets. */
  objectId: string;
  marker: string;
  format: string;
  location: string;
  before: string;
  after: string;
  revisionBefore: string;
  revisionAfter: string;
  expects: Expectation;
  proxies: readonly string[];
}

/** What each affected proxy had counted before the write, so that a later refusal can be told. Plain JSON. */
export type ProofBaseline = Readonly<Record<string, { rejected: number; failed: number; startedAtMs: number | null } | null>>;

/** Where the object stands: as it was before, as it was written, or as somebody else left it. */
export type WriteStanding =
  | { at: "before" }
  | { at: "after" }
  | { at: "foreign"; revision: string | null; modifiedAtMs: number | null; diff: PlanDiff | null };

/**
 * The writing half of a place where configuration is kept. The order of calls is prepare (of the kind of target), baseline,
 * apply, verify; `apply` never writes over a text it did not expect.
 */
export interface WriteTarget {
  readonly id: string;
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
