import type { Change } from "#lib/model/change.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { mapSourced, weakerCoverage } from "#lib/model/evidence.ts";
import type { MeshNode } from "#lib/model/graph.ts";
import type { ServiceDetail, ServiceSummary } from "#lib/model/inventory.ts";
import type { EdgeTraffic, TimeWindow } from "#lib/model/red.ts";
import type { Route } from "#lib/model/routing.ts";
import type { Topology } from "#lib/model/topology.ts";
import type { Verdict } from "#lib/model/verdict.ts";
import { judgeVersions } from "#lib/canary/verdict.ts";
import type { VerdictLooks } from "#lib/canary/verdict-looks.ts";
import { NO_TRAFFIC, sumTraffic } from "#lib/red/traffic.ts";

import type { ChangeLog } from "./changes/change-log.ts";
import type { CallContext } from "./context.ts";
import { getGraph } from "./get-graph.ts";
import { listRoutes } from "./list-routes.ts";
import { readTopology } from "./read-topology.ts";
import { isPast, liveWindow } from "./window.ts";

/** Verdicts look back to the last change of the split, but never further than this. */
const LONGEST_VERDICT_MS = 10 * 60_000;
const MOST_CHANGES = 20;

export interface ServiceContext extends CallContext {
  log: ChangeLog;
  looks: VerdictLooks;
}

/** The services of a window, as the inventory shows them. */
export function toSummary(node: MeshNode, topology: Topology): ServiceSummary {
  const known = topology.services.find((service) => service.id === node.id);
  return {
    id: node.id,
    kind: node.kind,
    namespace: node.namespace,
    service: node.service,
    versions: node.versions,
    red: node.red,
    health: node.health,
    proxies: node.proxies,
    demand: known?.demand ?? "unknown",
  };
}

/**
 * Every service of the window that ends at `atMs`, epoch milliseconds; left out = now. Of namespaces those that the graph of them has:
 * theirs, and the peers of these; none = all.
 */
export async function listServices(
  context: CallContext,
  windowMs: number,
  atMs?: number,
  namespaces: readonly string[] = [],
): Promise<Result<Sourced<ServiceSummary[]>>> {
  const graph = await getGraph(context, { windowMs, atMs, namespaces });
  if (!graph.ok) return graph;
  const topology = await readTopology(context);
  return ok(mapSourced(graph.value, (value) => value.nodes.map((node) => toSummary(node, topology.value))));
}

/**
 * One service with its peers, versions, verdicts, routes, proxies and changes. Of a window that ends at `atMs` (epoch milliseconds; left
 * out = now) it tells no change that was asked later; routes and proxies are as they are now. Errors: NOT_FOUND.
 */
export async function getService(
  context: ServiceContext,
  id: string,
  windowMs: number,
  atMs?: number,
): Promise<Result<Sourced<ServiceDetail>>> {
  const graph = await getGraph(context, { windowMs, atMs, namespaces: [] });
  if (!graph.ok) return graph;
  const node = graph.value.value.nodes.find((one) => one.id === id);
  if (node === undefined) {
    return err(
      new WeftError("NOT_FOUND", `No service ${id} was seen in this window`, {
        field: "id",
        mend: "Choose a longer window, or a service from the Services page",
      }),
    );
  }
  const topology = await readTopology(context);
  const routes = await listRoutes(context);
  const ownRoutes = routes.value.filter((route) => route.target === id);
  const changes = changesOf(context, id, atMs);
  const verdicts = await judgeService(context, node, { routes: ownRoutes, changes, atMs });
  const evidence = {
    provenance: [...graph.value.provenance, ...routes.provenance],
    notices: [...graph.value.notices, ...routes.notices],
    coverage: weakerCoverage(graph.value.coverage, routes.coverage),
  };
  return ok(
    mapSourced({ ...graph.value, ...evidence }, ({ edges }) => ({
      ...toSummary(node, topology.value),
      inbound: edges.filter((edge) => edge.target === id),
      outbound: edges.filter((edge) => edge.source === id),
      verdicts,
      routes: ownRoutes,
      proxyList: topology.value.proxies.filter((proxy) => proxy.nodeId === id),
      changes: changes.slice(0, MOST_CHANGES),
    })),
  );
}

/** Changes of a service that were asked by an instant, newest first. */
function changesOf({ log, clock }: ServiceContext, id: string, atMs: number | undefined): Change[] {
  const own = log.list().filter((change) => change.target === id);
  return isPast(clock, atMs) ? own.filter(({ timings }) => Date.parse(timings.askedAt) <= atMs) : own;
}

/** The version that gets most by the route is the baseline; without a route, the one that got most calls. */
function baselineOf(node: MeshNode, routes: readonly Route[]): string | undefined {
  const legs = routes.flatMap((route) => route.rules.flatMap((rule) => rule.legs)).filter((leg) => leg.version !== null);
  const asked = legs.toSorted((a, b) => b.share - a.share)[0]?.version;
  return asked ?? node.versions.toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0))[0]?.version;
}

interface JudgedBy {
  routes: readonly Route[];
  /** Newest first. */
  changes: readonly Change[];
  atMs: number | undefined;
}

async function judgeService(context: ServiceContext, node: MeshNode, { routes, changes, atMs }: JudgedBy): Promise<Verdict[]> {
  const { metrics } = context.sources;
  const isOfPast = isPast(context.clock, atMs);
  // Routes are as they are now: what was the baseline then, only the calls of then can tell.
  const baseline = baselineOf(node, isOfPast ? [] : routes);
  if (metrics === null || node.versions.length < 2 || baseline === undefined) return [];
  const longest = liveWindow(context.clock, LONGEST_VERDICT_MS, atMs);
  const accepted = changes.flatMap(({ timings }) => (timings.acceptedAt === null ? [] : [Date.parse(timings.acceptedAt)]));
  const sinceMs = accepted.find((ms) => !isOfPast || ms <= atMs) ?? 0;
  const window: TimeWindow = { fromMs: Math.max(sinceMs, longest.fromMs), toMs: longest.toMs };
  if (window.fromMs >= window.toMs) return [];
  const answer = await metrics.traffic(window, { targets: [node.id] }, context.signal);
  if (!answer.ok) return [];
  const { rows, window: covered } = answer.value.value;
  const trafficOf = (version: string): EdgeTraffic => {
    const own = rows.filter((row) => row.key.version === version);
    return own.length === 0 ? NO_TRAFFIC : sumTraffic(own.map((row) => row.traffic));
  };
  return node.versions
    .filter((version) => version.version !== baseline)
    .map((version) => {
      const fresh = judgeVersions(
        { version: version.version, traffic: trafficOf(version.version) },
        { version: baseline, traffic: trafficOf(baseline) },
        covered,
      );
      // A look at the past is one look; what is held belongs to the present.
      return isOfPast ? fresh : context.looks.hold(`${node.id}|${version.version}|${baseline}|${sinceMs}`, fresh);
    });
}
