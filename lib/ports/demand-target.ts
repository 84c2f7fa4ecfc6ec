import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Owner, PlanCheck, PlanDiff, PlanStep } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { PreparedWrite, WriteTarget } from "./write-target.ts";

/** A place where it is written what a workload demands of its callers. */
export interface DemandObject {
  /** Unique over all targets of every kind. */
  id: string;
  /** Node id of the workload. */
  workload: string;
  demand: ServerDemand;
  /** For people: folder and file, or kind and name. */
  location: string;
  revision: string;
  owner: Owner;
  /** Ids of the proxies that take it. */
  proxies: readonly string[];
  /** Why Weft cannot make it strict; `null` when it can, or it is so already. */
  problem: string | null;
}

/** A wish for one object: plaintext is refused from now on, or an earlier text comes back. */
export interface DemandDraft {
  objectId: string;
  want: { demand: "strict" } | { restore: string };
  /** Written into the object so that a proof can find it; unique per write. */
  marker: string;
}

/** What a back end says to a draft. A failed check forbids the apply. */
export interface DemandAnswer {
  write: PreparedWrite;
  object: DemandObject;
  /** What the workload demands once the write is live. */
  after: ServerDemand;
  diff: PlanDiff;
  checks: PlanCheck[];
  steps: PlanStep[];
}

/** A place where workloads' demands are kept and can be changed, under the same guards as routes. */
export interface DemandTarget extends WriteTarget {
  objects(signal?: AbortSignal): Promise<Result<Sourced<DemandObject[]>>>;
  /**
   * Edits the text, runs the checks, writes nothing. Errors: NOT_FOUND (object), INVALID (it is strict already),
   * UNSUPPORTED (its text cannot be made strict by taking something away).
   */
  prepare(draft: DemandDraft, signal?: AbortSignal): Promise<Result<DemandAnswer>>;
}
