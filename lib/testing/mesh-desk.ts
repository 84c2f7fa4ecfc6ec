import { VerdictLooks } from "#lib/canary/verdict-looks.ts";
import { serviceId } from "#lib/model/ids.ts";
import type { Change } from "#lib/model/change.ts";
import type { DemandPlan, SplitPlan } from "#lib/model/routing.ts";
import type { DemandTarget } from "#lib/ports/demand-target.ts";
import type { RoutingTarget } from "#lib/ports/routing-target.ts";
import { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import { ObjectLocks } from "#lib/usecases/changes/object-locks.ts";
import { PlanBook } from "#lib/usecases/changes/plan-book.ts";
import { ChangeProver } from "#lib/usecases/changes/prove-change.ts";
import type { WriteContext } from "#lib/usecases/changes/write-context.ts";
import type { ServiceContext } from "#lib/usecases/get-service.ts";
import { planDemand } from "#lib/usecases/plan-demand.ts";
import { planSplit, type PlanSplitInput } from "#lib/usecases/plan-split.ts";

import { proxyOf, serviceOf, START_MS, topologyOf } from "./builders.ts";
import { createFakeChangeJournal, type FakeChangeJournal } from "./fake-change-journal.ts";
import { createFakeDemandTarget, type FakeDemandTarget } from "./fake-demand-target.ts";
import { createFakeRoutingTarget, type FakeRoutingTarget } from "./fake-routing-target.ts";
import { createFakeSecurity, type FakeSecuritySource } from "./fake-security-source.ts";
import { createFakeMetrics, createFakeTopology, type FakeMetricsSource, type FakeTopologySource } from "./fake-sources.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";

export const ROUTE = "fake:reviews";
export const RULE = "all/main";
/** The object that holds what `ledger` demands. */
export const DEMAND = "demands:ledger";
export const LEDGER = serviceId("shop", "ledger");
/** Calls the ledger in plaintext, where a test lets it. */
export const LEGACY = serviceId("shop", "legacy");
export const REVIEWS = serviceId("shop", "reviews");
export const FRONTEND = serviceId("shop", "frontend");
export const CATALOG = serviceId("shop", "catalog");

/**
 * A mesh in memory whose route `reviews` has two callers with a proxy each, and whose `ledger` lets plaintext in at both of
 * its proxies. It outlives the processes
 * that steer it.
 */
export interface FakeMesh {
  time: FakeTime;
  target: FakeRoutingTarget;
  demands: FakeDemandTarget;
  security: FakeSecuritySource;
  metrics: FakeMetricsSource;
  topology: FakeTopologySource;
}

export function createMesh(part: Partial<FakeMesh> = {}): FakeMesh {
  const topology = createFakeTopology(
    "fake-topology",
    topologyOf({
      services: [
        serviceOf(FRONTEND),
        serviceOf(CATALOG),
        serviceOf(REVIEWS, {
          versions: [
            { version: "v1", proxies: { n: 1, of: 1 } },
            { version: "v2", proxies: { n: 1, of: 1 } },
          ],
        }),
      ],
      proxies: [proxyOf(FRONTEND, { id: "caller-1" }), proxyOf(CATALOG, { id: "caller-2" })],
    }),
  );
  return {
    time: createFakeTime(),
    target: createFakeRoutingTarget(),
    demands: createFakeDemandTarget(),
    security: watchingSecurity(),
    metrics: createFakeMetrics(),
    topology,
    ...part,
  };
}

/** A source that has watched the ledger for 14 minutes, and saw nobody yet. */
function watchingSecurity(): FakeSecuritySource {
  const security = createFakeSecurity();
  security.know({
    observedSinceMs: START_MS - 14 * 60_000,
    listeners: ["ledger-1", "ledger-2"].map((proxyId) => ({
      proxyId,
      nodeId: LEDGER,
      listener: "inbound",
      demand: "permissive",
      accepts: [],
    })),
  });
  return security;
}

/** One process at work on a mesh: what its verbs need, and shorthands for a test. */
export interface MeshDesk extends FakeMesh {
  context: WriteContext & ServiceContext;
  journal: FakeChangeJournal;
  /** Plans new weights of the route `reviews`; throws where planning refuses. */
  plan(weights: Readonly<Record<string, number>>, input?: Partial<PlanSplitInput>): Promise<SplitPlan>;
  /** Plans that `ledger` refuses plaintext; throws where planning refuses. */
  planStrict(reason?: string): Promise<DemandPlan>;
  /** The change as everybody sees it; throws where there is none. */
  change(id: string): Change;
}

export interface DeskOptions {
  actor?: string;
  routing?: readonly RoutingTarget[];
  demands?: readonly DemandTarget[];
  hasSecurity?: boolean;
  hasMetrics?: boolean;
}

/** Starts such a process. It has recovered nothing yet. */
export function openDesk(
  mesh: FakeMesh = createMesh(),
  journal: FakeChangeJournal = createFakeChangeJournal(),
  options: DeskOptions = {},
): MeshDesk {
  const { clock, scheduler } = mesh.time;
  const sources = {
    topology: [mesh.topology],
    metrics: options.hasMetrics === false ? null : mesh.metrics,
    routing: options.routing ?? [mesh.target],
    demands: options.demands ?? [mesh.demands],
    security: options.hasSecurity === false ? [] : [mesh.security],
    feeds: [],
    traces: [],
    archive: null,
  };
  const log = new ChangeLog(journal);
  const prover = new ChangeProver({ log, clock, scheduler, sources });
  let plans = 0;
  const context: MeshDesk["context"] = {
    actor: options.actor ?? "ana",
    clock,
    sources,
    log,
    looks: new VerdictLooks(),
    // A number would be used again by the next process on the same mesh; the journal's length is not.
    desk: {
      log,
      plans: new PlanBook(clock),
      prover,
      locks: new ObjectLocks(),
      scheduler,
      newPlanId: () => `p${journal.lines.length}-${++plans}`,
    },
  };
  return {
    ...mesh,
    context,
    journal,
    async plan(weights, input = {}) {
      const answer = await planSplit(context, { routeId: ROUTE, ruleId: RULE, weights, ...input });
      if (!answer.ok) throw answer.error;
      return answer.value.value;
    },
    async planStrict(reason) {
      const answer = await planDemand(context, { objectId: DEMAND, demand: "strict", reason });
      if (!answer.ok) throw answer.error;
      return answer.value.value;
    },
    change(id) {
      const change = log.get(id);
      if (change === undefined) throw new Error(`no change ${id}`);
      return change;
    },
  };
}
