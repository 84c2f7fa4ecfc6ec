import type { GraphDelta, MeshGraph } from "#lib/model/graph.ts";

function changed<T extends { id: string }>(before: readonly T[], after: readonly T[]): T[] {
  const known = new Map(before.map((one) => [one.id, JSON.stringify(one)]));
  return after.filter((one) => known.get(one.id) !== JSON.stringify(one));
}

function removed<T extends { id: string }>(before: readonly T[], after: readonly T[]): string[] {
  const kept = new Set(after.map((one) => one.id));
  return before.filter((one) => !kept.has(one.id)).map((one) => one.id);
}

/** What turns one graph of a view into the next: whole replacement objects, and the ids that are gone. */
export function diffGraph(before: MeshGraph, after: MeshGraph): GraphDelta {
  return {
    window: after.window,
    totals: after.totals,
    nodes: changed(before.nodes, after.nodes),
    edges: changed(before.edges, after.edges),
    removedNodes: removed(before.nodes, after.nodes),
    removedEdges: removed(before.edges, after.edges),
  };
}

function patched<T extends { id: string }>(items: readonly T[], replacements: readonly T[], gone: readonly string[]): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const item of replacements) byId.set(item.id, item);
  for (const id of gone) byId.delete(id);
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The inverse of `diffGraph`: a graph with a delta applied. */
export function applyDelta(graph: MeshGraph, delta: GraphDelta): MeshGraph {
  return {
    window: delta.window,
    totals: delta.totals,
    nodes: patched(graph.nodes, delta.nodes, delta.removedNodes),
    edges: patched(graph.edges, delta.edges, delta.removedEdges),
  };
}
