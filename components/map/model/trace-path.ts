import type { MeshEdge, MeshGraph } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";
import type { Trace, TraceResource } from "#lib/model/trace.ts";

import type { DrawnGraph } from "./drawn-graph.ts";
import type { Found } from "./found.ts";

/** The node that each resource of a trace is on the map: by namespace and name, else by a name that only one service has. */
function nodesOf(resources: readonly TraceResource[], mesh: MeshGraph): (string | null)[] {
  return resources.map(({ service, namespace }) => {
    const named = mesh.nodes.filter((node) => node.service === service);
    const exact = named.find((node) => node.namespace === namespace);
    return exact?.id ?? (named.length === 1 ? (named[0]?.id ?? null) : null);
  });
}

/** Ids of the mesh's nodes and edges that the calls of a trace went over. What the map does not show is left out. */
export function tracePath(trace: Trace, mesh: MeshGraph): { nodes: Set<string>; edges: Set<string> } {
  const nodeOf = nodesOf(trace.resources, mesh);
  const spans = new Map(trace.spans.map((span) => [span.spanId, span]));
  const parents = new Set(trace.spans.map((span) => span.parentId));
  const edgesOf = Map.groupBy(mesh.edges, (edge) => `${edge.source}|${edge.target}`);
  const outOf = Map.groupBy(mesh.edges, (edge) => edge.source);
  const nodes = new Set<string>();
  const edges = new Set<string>();
  const take = (taken: readonly MeshEdge[]): void => {
    for (const edge of taken) {
      edges.add(edge.id);
      nodes.add(edge.source).add(edge.target);
    }
  };
  for (const span of trace.spans) {
    const own = nodeOf[span.resource] ?? null;
    if (own === null) continue;
    nodes.add(own);
    const parent = span.parentId === null ? undefined : spans.get(span.parentId);
    const caller = parent === undefined ? INTERNET_ID : (nodeOf[parent.resource] ?? null);
    if (caller !== null && caller !== own) take(edgesOf.get(`${caller}|${own}`) ?? []);
    // Whom a client called that sends no spans is named in its own attributes only.
    if (span.kind !== "client" || parents.has(span.spanId)) continue;
    const named = new Set(span.attributes.map(({ value }) => value));
    take((outOf.get(own) ?? []).filter(({ target }) => named.has(serviceOf(target, mesh))));
  }
  return { nodes, edges };
}

function serviceOf(id: string, mesh: MeshGraph): string {
  return mesh.nodes.find((node) => node.id === id)?.service ?? id;
}

/** The same for what is drawn, where a namespace may stand for its services and a bundle for its edges. */
export function foundOfTrace(trace: Trace, mesh: MeshGraph, graph: DrawnGraph): Found {
  const path = tracePath(trace, mesh);
  const namespaces = new Set(mesh.nodes.filter((node) => path.nodes.has(node.id)).map((node) => node.namespace));
  return {
    nodes: new Set(
      graph.nodes
        .filter((node) => (node.kind === "namespace" ? namespaces.has(node.namespace) : path.nodes.has(node.id)))
        .map((node) => node.id),
    ),
    edges: new Set(graph.edges.filter((edge) => edge.members.some((member) => path.edges.has(member.id))).map((edge) => edge.id)),
    count: path.nodes.size,
    isByText: false,
  };
}
