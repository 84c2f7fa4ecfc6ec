import type { Scheduler } from "#lib/ports/time.ts";

import type { CallContext } from "../context.ts";
import type { ChangeLog } from "./change-log.ts";
import type { ChangeProver } from "./prove-change.ts";
import type { PlanBook } from "./plan-book.ts";
import type { ObjectLocks } from "./object-locks.ts";

/** What the verbs that write need besides a reading one. One of it exists per process. */
export interface WriteDesk {
  log: ChangeLog;
  plans: PlanBook;
  prover: ChangeProver;
  locks: ObjectLocks;
  scheduler: Scheduler;
  /** Makes an id that no other plan has. */
  newPlanId: () => string;
}

export interface WriteContext extends CallContext {
  desk: WriteDesk;
}
