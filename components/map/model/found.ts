import type { MeshEdge, MeshGraph, MeshNode } from "#lib/model/graph.ts";

import type { DrawnGraph } from "./drawn-graph.ts";
import { isFinding, matchesEdge, matchesNode, seeksEdges } from "./find.ts";
import type { FindQuery } from "./find.ts";

/** What the find text leaves lit, by id; `null` = nothing is looked for, so all of it. */
export interface Found {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** Services of the mesh that match, also those inside a namespace's card. */
  count: number;
  /** The reader asked for it in words, so that the edges say their numbers. */
  isByText: boolean;
}

/**
 * A node is lit when it matches, a namespace when one of its services does. An edge is lit when it matches by itself and,
 * where the text names nodes, touches one that matches.
 */
export function findOn(mesh: MeshGraph, graph: DrawnGraph, find: FindQuery): Found | null {
  if (!isFinding(find)) return null;
  const byId = new Map(mesh.nodes.map((node) => [node.id, node]));
  const matching = mesh.nodes.filter((node) => matchesNode(find, node));
  const edges = new Set(graph.edges.filter((edge) => edge.members.some((member) => isLit(find, member, byId))).map((edge) => edge.id));
  const lit = new Set(matching.map((node) => node.id));
  // A text about edges (a protocol, a transport), or one that only edges match, lights the ends of those edges too.
  if (matching.length === 0 || seeksEdges(find)) {
    for (const edge of graph.edges) if (edges.has(edge.id)) [edge.source, edge.target].forEach((id) => lit.add(id));
  }
  const namespaces = new Set(matching.map((node) => node.namespace));
  const nodes = graph.nodes.filter((node) => (node.kind === "namespace" ? namespaces.has(node.namespace) : lit.has(node.id)));
  return { nodes: new Set(nodes.map((node) => node.id)), edges, count: matching.length, isByText: true };
}

function isLit(find: FindQuery, edge: MeshEdge, byId: ReadonlyMap<string, MeshNode>): boolean {
  return matchesEdge(find, edge, byId.get(edge.source), byId.get(edge.target));
}
