import type { Health, MeshEdge, MeshGraph, MeshNode, NodeVersion, Spark } from "#lib/model/graph.ts";
import { INTERNET_ID, type NodeIdentity, parseNodeId, UNTRACED_ID } from "#lib/model/ids.ts";
import { byName } from "#lib/model/name-order.ts";
import type { EdgeTraffic, Red } from "#lib/model/red.ts";
import { SPANS_ID } from "#lib/model/source.ts";
import { sumProxies, type ServiceFacts, type Topology } from "#lib/model/topology.ts";
import { judgeHealth } from "#lib/health/health.ts";
import { NO_TRAFFIC, sumTraffic, toCallerRed, UNKNOWN_RED } from "#lib/red/traffic.ts";
import { untoldSteps } from "#lib/red/untold-steps.ts";
import { countRefused, placeRefusals } from "#lib/security/refusals.ts";

import { activeRows, type EdgeSum, type GraphRow, isUntold, redOf, sumEdges, type ToldWindows, windowOf } from "./edge-traffic.ts";
import { type GraphRefusal, refusedEdge, withRefusals } from "./refused-edge.ts";
import { observedTransport } from "./transport.ts";

export type { GraphRow } from "./edge-traffic.ts";

/** Requests, errors and the callers' own counts per target in equal steps; `isReported[i]` false = a gap. */
export interface GraphSparks {
  stepMs: number;
  isReported: readonly boolean[];
  rows: readonly {
    target: string;
    counts: readonly number[];
    errors: readonly number[];
    callers: readonly number[];
    /** In place of the common one, for a target that another source tells of. */
    isReported?: readonly boolean[];
  }[];
}

export interface GraphFacts extends ToldWindows {
  topology: Topology;
  rows: readonly GraphRow[];
  sparks: GraphSparks;
  /** Ids of the sources that numbers come from, strongest first. Numbers of two of them are never summed. */
  sources: readonly string[];
  /** Connections refused in the window; `null` = no source tells of any. */
  refusals: readonly GraphRefusal[] | null;
}

function edgeHealth(edge: { source: string; target: string }, red: Red): Health {
  const name = `${parseNodeId(edge.source).service} to ${parseNodeId(edge.target).service}`;
  return judgeHealth({
    name,
    count: red.count,
    errorCount: red.errorCount,
    endpoints: null,
    proxies: null,
    versions: [],
  });
}

function buildEdge(
  facts: GraphFacts,
  { id, first, rows, traffic, red }: EdgeSum,
  declared: MeshEdge["tls"]["declared"],
  refusals: readonly GraphRefusal[],
): MeshEdge {
  const source = first.toldBy;
  const window = windowOf(facts, source);
  const observed = observedTransport(traffic.transport);
  const versions =
    rows.length === 1
      ? [{ version: first.version, red }]
      : [...Map.groupBy(rows, (row) => row.version ?? "").values()].map((group) => ({
          version: group[0]?.version ?? null,
          red: redOf(sumTraffic(group.map((row) => row.traffic)), window, source),
        }));
  return {
    id,
    source: first.source,
    target: first.target,
    protocol: first.protocol,
    red,
    health: withRefusals(edgeHealth(first, red), refusals),
    tls: { declared, ...observed, refused: facts.refusals === null ? null : countRefused(refusals) },
    versions: versions.toSorted((a, b) => byName(a.version ?? "", b.version ?? "")),
    callerRed: toCallerRed(traffic, window, source),
    retries: traffic.countsAttempts === true ? null : traffic.retries,
    neverArrived: traffic.neverArrived,
    flags: { ...traffic.flags },
    reporter: rows.some((row) => row.reporter === "destination") ? "destination" : "source",
    seenBy: [...first.seenBy],
  };
}

/** What arrived at a service, by the version that it arrived at; `null` = at one that was not told. */
type TrafficByVersion = ReadonlyMap<string | null, EdgeTraffic>;

function sumByVersion(rows: readonly GraphRow[]): TrafficByVersion {
  const groups = Map.groupBy(rows, (row) => row.version);
  return new Map([...groups].map(([version, group]) => [version, sumTraffic(group.map((row) => row.traffic))]));
}

function buildVersions(facts: GraphFacts, known: ServiceFacts | undefined, told: TrafficByVersion, source: string): NodeVersion[] {
  const names = new Set(known?.versions.map((version) => version.version));
  for (const version of told.keys()) if (version !== null) names.add(version);
  const total = sentTo(told);
  return [...names].toSorted(byName).map((version) => {
    const traffic = told.get(version) ?? NO_TRAFFIC;
    const proxies = known?.versions.find((one) => one.version === version)?.proxies ?? null;
    const isSilent = traffic.count === 0 && proxies !== null && proxies.n === 0;
    const red = isSilent ? UNKNOWN_RED : redOf(traffic, windowOf(facts, source), source);
    return {
      version,
      red,
      share: total > 0 && red.count !== null ? red.count / total : null,
      health: judgeHealth({ name: version, count: red.count, errorCount: red.errorCount, endpoints: null, proxies, versions: [] }),
    };
  });
}

/** All requests of a service. What a silent version did not count, its callers did: else the others' shares would grow. */
function sentTo(told: TrafficByVersion): number {
  let sum = 0;
  for (const traffic of told.values()) sum += isUntold(traffic) ? traffic.callerCount : traffic.count;
  return sum;
}

function buildSpark(facts: GraphFacts, target: string, rows: GraphSparks["rows"]): Spark {
  const { stepMs } = facts.sparks;
  const isReported = rows[0]?.isReported ?? facts.sparks.isReported;
  const perStep = (of: (row: GraphSparks["rows"][number]) => readonly number[]): number[] => {
    const sums = isReported.map(() => 0);
    for (const row of rows) of(row).forEach((count, index) => index < sums.length && (sums[index] = (sums[index] ?? 0) + count));
    return sums;
  };
  const counts = perStep((row) => row.counts);
  const errors = perStep((row) => row.errors);
  const untold = untoldSteps(
    counts,
    perStep((row) => row.callers),
  );
  const isKnown = isReported.map((reported, index) => reported && untold[index] === false && target !== INTERNET_ID);
  return {
    stepMs,
    rate: counts.map((count, index) => (isKnown[index] === true ? count / (stepMs / 1000) : null)),
    errorRatio: counts.map((count, index) => (isKnown[index] === true && count > 0 ? (errors[index] ?? 0) / count : null)),
  };
}

/** A sender of spans names itself: it is a service, though nobody told in which namespace. */
function isNamedBySpans(id: string, seenBy: ReadonlySet<string>): boolean {
  return id !== UNTRACED_ID && seenBy.size === 1 && seenBy.has(SPANS_ID);
}

function buildNode(
  facts: GraphFacts,
  identity: NodeIdentity,
  known: ServiceFacts | undefined,
  allInbound: readonly GraphRow[],
  seenBy: ReadonlySet<string>,
  sparks: GraphSparks["rows"],
): MeshNode {
  const source = facts.sources.find((id) => allInbound.some((row) => row.toldBy === id)) ?? facts.sources[0] ?? "none";
  const inbound = allInbound.filter((row) => row.toldBy === source);
  const told = sumByVersion(inbound);
  const traffic = sumTraffic([...told.values()]);
  const versions = buildVersions(facts, known, told, source);
  const proxies = known === undefined || known.versions.length === 0 ? null : sumProxies(known);
  const isCallee = inbound.length > 0;
  const isSilent = traffic.count === 0 && (proxies === null ? !isCallee : proxies.n === 0);
  const red = isSilent ? UNKNOWN_RED : redOf(traffic, windowOf(facts, source), source);
  return {
    id: identity.id,
    kind: known?.kind ?? (identity.kind === "unknown" && isNamedBySpans(identity.id, seenBy) ? "service" : identity.kind),
    namespace: known?.namespace ?? identity.namespace,
    service: known?.service ?? identity.service,
    versions,
    red,
    spark: buildSpark(facts, identity.id, sparks),
    health: judgeHealth({
      name: known?.service ?? identity.service,
      count: red.count,
      errorCount: red.errorCount,
      endpoints: known?.endpoints ?? null,
      proxies,
      versions: versions.length > 1 ? versions : [],
    }),
    proxies,
    tls: observedTransport(traffic.transport).observed,
    seenBy: facts.sources.filter((id) => seenBy.has(id)),
  };
}

function totalsOf(nodes: readonly MeshNode[], edges: readonly MeshEdge[]): MeshGraph["totals"] {
  const judged = nodes.filter((node) => node.id !== INTERNET_ID);
  const inStatus = (status: Health["status"]): number => judged.filter((node) => node.health.status === status).length;
  const told = edges.filter((edge) => edge.red.rate !== null);
  const sum = (of: (edge: MeshEdge) => number): number | null =>
    told.length === 0 ? null : told.reduce((total, edge) => total + of(edge), 0);
  return {
    healthy: inStatus("healthy"),
    degraded: inStatus("degraded"),
    failing: inStatus("failing"),
    unknown: inStatus("unknown"),
    rate: sum((edge) => edge.red.rate ?? 0),
    errorRate: sum((edge) => (edge.red.rate ?? 0) * (edge.red.errorRatio ?? 0)),
  };
}

/**
 * The mesh graph of a window: a node for every known service and every peer seen in traffic, an edge for every pair
 * that exchanged calls, or of which one refused the other. Order is stable (by id). Nodes without a report have `null`
 * numbers and unknown health.
 */
export function buildGraph(facts: GraphFacts): MeshGraph {
  const known = new Map(facts.topology.services.map((service) => [service.id, service]));
  const demands = new Map(facts.topology.services.map((service) => [service.id, service.demand]));
  const declared = new Map(facts.topology.declared.map((one) => [`${one.source}|${one.target}`, one.client]));
  const active = activeRows(facts.rows);
  const sums = sumEdges(active, facts);
  const keys = sums.map(({ id, first: { source, target, protocol } }) => ({ id, source, target, protocol }));
  const { byEdge, added } = placeRefusals(keys, facts.refusals ?? []);
  const declaredOf = ({ source, target }: { source: string; target: string }): MeshEdge["tls"]["declared"] => ({
    client: declared.get(`${source}|${target}`) ?? "unknown",
    server: demands.get(target) ?? "unknown",
  });
  const edges = [
    ...sums.map((sum) => buildEdge(facts, sum, declaredOf(sum.first), byEdge.get(sum.id) ?? [])),
    ...added.map((key) => refusedEdge(key, declaredOf(key), byEdge.get(key.id) ?? [])),
  ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const inboundOf = Map.groupBy(active, (row) => row.target);
  const seenBy = new Map<string, Set<string>>();
  for (const row of active) {
    for (const id of [row.source, row.target]) {
      const sources = seenBy.get(id) ?? new Set();
      for (const source of row.seenBy) sources.add(source);
      seenBy.set(id, sources);
    }
  }
  const sparksOf = Map.groupBy(facts.sparks.rows, (row) => row.target);
  const ids = new Set([...known.keys(), ...edges.flatMap((edge) => [edge.source, edge.target])]);
  const nodes = [...ids]
    .toSorted()
    .map((id) =>
      buildNode(facts, parseNodeId(id), known.get(id), inboundOf.get(id) ?? [], seenBy.get(id) ?? new Set(), sparksOf.get(id) ?? []),
    );
  return {
    window: { from: new Date(facts.window.fromMs).toISOString(), to: new Date(facts.window.toMs).toISOString() },
    nodes,
    edges,
    totals: totalsOf(nodes, edges),
  };
}

/** The part of a graph that touches the given namespaces: their services, and the peers at the other end of an edge. */
export function filterGraph(graph: MeshGraph, namespaces: readonly string[]): MeshGraph {
  if (namespaces.length === 0) return graph;
  const isInside = new Map(graph.nodes.map((node) => [node.id, node.namespace !== null && namespaces.includes(node.namespace)]));
  const edges = graph.edges.filter((edge) => isInside.get(edge.source) === true || isInside.get(edge.target) === true);
  const kept = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  const nodes = graph.nodes.filter((node) => isInside.get(node.id) === true || kept.has(node.id));
  return { window: graph.window, nodes, edges, totals: totalsOf(nodes, edges) };
}
