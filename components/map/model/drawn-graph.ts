import { worseStatus } from "#lib/health/health.ts";
import type { HealthStatus, MeshEdge, MeshGraph, MeshNode } from "#lib/model/graph.ts";
import type { TransportSecurity } from "#lib/model/tls.ts";

import { joinTransport } from "./transport.ts";
import type { Lock } from "./transport.ts";

/** A service (or peer) with a card of its own. */
export interface DrawnService {
  kind: "service";
  id: string;
  namespace: string | null;
  node: MeshNode;
}

/** A namespace drawn as one card, for what stays inside it. */
export interface DrawnNamespace {
  kind: "namespace";
  id: string;
  namespace: string;
  /** How many services are inside the card; those with trouble stand beside it. */
  members: number;
  counts: Record<HealthStatus, number>;
  /** Sums over the members that have numbers; `null` when none has. */
  rate: number | null;
  errorRatio: number | null;
  status: HealthStatus;
}

export type DrawnNode = DrawnService | DrawnNamespace;

/** One line on the map: one edge of the mesh, or all edges between two cards of which one is a namespace. */
export interface DrawnEdge {
  id: string;
  source: string;
  target: string;
  members: readonly MeshEdge[];
  rate: number | null;
  errorRatio: number | null;
  status: HealthStatus;
  transport: TransportSecurity;
  lock: Lock;
  /** Whether it is refused or cannot pass, beside whatever its lock shows. */
  isBroken: boolean;
  /** Connections that were refused on it; `null` = nobody tells. */
  refused: number | null;
}

export interface DrawnGraph {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

/** Above this many nodes a namespace becomes one card. */
export const COLLAPSE_ABOVE = 300;

const NAMESPACE_PREFIX = "namespace:";

export function namespaceCardId(namespace: string): string {
  return NAMESPACE_PREFIX + namespace;
}

/** The namespace that a card stands for; `null` for any other id. */
export function namespaceOfCard(id: string): string | null {
  return id.startsWith(NAMESPACE_PREFIX) && !id.includes("|") ? id.slice(NAMESPACE_PREFIX.length) : null;
}

/** What is drawn of a graph: all of it up to 300 nodes, else one card per namespace that is not in `opened`. */
export function drawGraph(graph: MeshGraph, opened: ReadonlySet<string>, collapseAbove = COLLAPSE_ABOVE): DrawnGraph {
  const hidden = graph.nodes.length > collapseAbove ? membersToHide(graph.nodes, opened) : new Map<string, MeshNode[]>();
  const cardOf = new Map<string, string>();
  const nodes: DrawnNode[] = [];
  for (const [namespace, members] of hidden) {
    nodes.push(namespaceCard(namespace, members));
    for (const member of members) cardOf.set(member.id, namespaceCardId(namespace));
  }
  for (const node of graph.nodes) {
    if (!cardOf.has(node.id)) nodes.push({ kind: "service", id: node.id, namespace: node.namespace, node });
  }
  return { nodes, edges: drawEdges(graph.edges, cardOf) };
}

function membersToHide(nodes: readonly MeshNode[], opened: ReadonlySet<string>): Map<string, MeshNode[]> {
  const calm = new Map<string, MeshNode[]>();
  for (const node of nodes) {
    const isTroubled = node.health.status === "degraded" || node.health.status === "failing";
    if (node.namespace === null || isTroubled || opened.has(node.namespace)) continue;
    const members = calm.get(node.namespace);
    if (members === undefined) calm.set(node.namespace, [node]);
    else members.push(node);
  }
  for (const [namespace, members] of calm) if (members.length < 2) calm.delete(namespace);
  return calm;
}

function namespaceCard(namespace: string, members: readonly MeshNode[]): DrawnNamespace {
  const counts: Record<HealthStatus, number> = { failing: 0, degraded: 0, unknown: 0, healthy: 0 };
  for (const member of members) counts[member.health.status] += 1;
  const reds = members.map((member) => member.red);
  return {
    kind: "namespace",
    id: namespaceCardId(namespace),
    namespace,
    members: members.length,
    counts,
    rate: sumKnown(reds.map((red) => red.rate)),
    errorRatio: pooledErrorRatio(reds),
    status: counts.healthy === 0 ? "unknown" : "healthy",
  };
}

function drawEdges(edges: readonly MeshEdge[], cardOf: ReadonlyMap<string, string>): DrawnEdge[] {
  const drawn: DrawnEdge[] = [];
  const bundles = new Map<string, MeshEdge[]>();
  for (const edge of edges) {
    const source = cardOf.get(edge.source);
    const target = cardOf.get(edge.target);
    if (source === undefined && target === undefined) {
      drawn.push(drawEdge(edge.id, edge.source, edge.target, [edge]));
      continue;
    }
    if (source === target) continue;
    const id = `${source ?? edge.source}|${target ?? edge.target}`;
    const bundle = bundles.get(id);
    if (bundle === undefined) bundles.set(id, [edge]);
    else bundle.push(edge);
  }
  for (const [id, members] of bundles) {
    const [first] = members;
    if (first === undefined) continue;
    drawn.push(drawEdge(id, cardOf.get(first.source) ?? first.source, cardOf.get(first.target) ?? first.target, members));
  }
  return drawn;
}

function drawEdge(id: string, source: string, target: string, members: readonly MeshEdge[]): DrawnEdge {
  const reds = members.map((edge) => edge.red);
  const { observed, lock, isBroken, refused } = joinTransport(members.map((edge) => edge.tls));
  return {
    id,
    source,
    target,
    members,
    rate: sumKnown(reds.map((red) => red.rate)),
    errorRatio: members.length === 1 ? (reds[0]?.errorRatio ?? null) : pooledErrorRatio(reds),
    status: members.map((edge) => edge.health.status).reduce(worseStatus, "healthy"),
    transport: observed,
    lock,
    isBroken,
    refused,
  };
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Errors over requests of all that know both; ratios are never averaged. */
function pooledErrorRatio(reds: readonly { count: number | null; errorCount: number | null }[]): number | null {
  let count = 0;
  let errors = 0;
  for (const red of reds) {
    if (red.count === null || red.errorCount === null) continue;
    count += red.count;
    errors += red.errorCount;
  }
  return count === 0 ? null : errors / count;
}
