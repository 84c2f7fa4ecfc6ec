import { randomBytes } from "node:crypto";

import { VerdictLooks } from "#lib/canary/verdict-looks.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import type { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import { PlanBook } from "#lib/usecases/changes/plan-book.ts";
import { ChangeProver } from "#lib/usecases/changes/prove-change.ts";
import { ObjectLocks } from "#lib/usecases/changes/object-locks.ts";
import type { WriteContext } from "#lib/usecases/changes/write-context.ts";
import type { MeshSources } from "#lib/usecases/context.ts";
import type { ServiceContext } from "#lib/usecases/get-service.ts";
import { recoverChanges } from "#lib/usecases/recover-changes.ts";

/** Shown as the author of changes where nobody has to log in. */
const LOCAL_ACTOR = "local";

/** A place that is asked for metrics: how it stands, by each kind of telemetry that is read from it. */
export interface StoreStatus {
  readonly id: string;
  statuses(): readonly SourceStatus[];
}

export interface RuntimeOptions {
  /** Its properties may answer something else from one moment to the next: sources come and go while Weft runs. */
  sources: MeshSources;
  /** Places outside that the map is drawn from, in their order; left out = none. */
  stores?: (() => readonly StoreStatus[]) | undefined;
  /** How the file stands that sources are configured in; left out, or `null` = there is none. */
  configuration?: (() => SourceStatus | null) | undefined;
  store: SeriesStore;
  log: ChangeLog;
  clock: Clock;
  scheduler: Scheduler;
}

/** Everything that runs behind the HTTP surface; one per process. */
export interface Runtime {
  options: RuntimeOptions;
  context: WriteContext & ServiceContext;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts the verbs' state together. `start` begins the feeds, and ends when what an earlier process left is recovered. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { sources, log, clock, scheduler } = options;
  const prover = new ChangeProver({ log, clock, scheduler, sources });
  const context: Runtime["context"] = {
    actor: LOCAL_ACTOR,
    clock,
    sources,
    log,
    looks: new VerdictLooks(),
    desk: {
      log,
      plans: new PlanBook(clock),
      prover,
      locks: new ObjectLocks(),
      scheduler,
      newPlanId: () => randomBytes(6).toString("hex"),
    },
  };
  return {
    options,
    context,
    async start() {
      for (const feed of sources.feeds) feed.start();
      await recoverChanges(context);
    },
    async stop() {
      prover.stop();
      await Promise.all(sources.feeds.map((feed) => feed.stop()));
    },
  };
}
