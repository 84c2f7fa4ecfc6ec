import type { Change } from "#lib/model/change.ts";
import { type Sourced } from "#lib/model/evidence.ts";
import type { GraphDelta, MeshGraph } from "#lib/model/graph.ts";
import type { SourceStatus } from "#lib/model/source.ts";

interface List<Item> {
  items: Item[];
  total: number;
  next: string | null;
}

/** Replaces by id in place, appends what is new, drops what is gone. Keeps the old array where nothing differs. */
function mergeById<Item extends { id: string }>(items: readonly Item[], replacements: readonly Item[], removed: readonly string[]): Item[] {
  const fresh = new Map(replacements.map((item) => [item.id, item]));
  const gone = new Set(removed);
  const kept: Item[] = [];
  for (const item of items) {
    if (gone.has(item.id) && !fresh.has(item.id)) continue;
    kept.push(fresh.get(item.id) ?? item);
    fresh.delete(item.id);
  }
  return [...kept, ...fresh.values()];
}

/** The graph after one tick. Nodes and edges that the tick does not name stay the same objects, so nothing redraws. */
export function applyDelta(graph: Sourced<MeshGraph>, delta: Sourced<GraphDelta>): Sourced<MeshGraph> {
  const { value } = delta;
  return {
    value: {
      window: value.window,
      totals: value.totals,
      nodes: mergeById(graph.value.nodes, value.nodes, value.removedNodes),
      edges: mergeById(graph.value.edges, value.edges, value.removedEdges),
    },
    provenance: delta.provenance,
    notices: delta.notices,
    coverage: delta.coverage,
  };
}

/** A change put into a list: in place where it is there, else in front. */
export function applyChange(list: Sourced<List<Change>>, change: Change): Sourced<List<Change>> {
  const isKnown = list.value.items.some((item) => item.id === change.id);
  const items = isKnown ? list.value.items.map((item) => (item.id === change.id ? change : item)) : [change, ...list.value.items];
  return { ...list, value: { ...list.value, items, total: list.value.total + (isKnown ? 0 : 1) } };
}

/** One source's newest state put into the list of sources. */
export function applySource(list: Sourced<List<SourceStatus>>, source: SourceStatus): Sourced<List<SourceStatus>> {
  const isKnown = list.value.items.some((item) => item.id === source.id);
  const items = isKnown ? list.value.items.map((item) => (item.id === source.id ? source : item)) : [...list.value.items, source];
  return { ...list, value: { ...list.value, items, total: list.value.total + (isKnown ? 0 : 1) } };
}

/** What a list of changes was asked for, as its key holds it; anything but a text = not asked for. */
export interface ChangesFilter {
  routeId: unknown;
  target: unknown;
  objectId: unknown;
}

/** Whether a list that was asked for with a filter holds this change. */
export function matchesFilter(change: Change, { routeId, target, objectId }: ChangesFilter): boolean {
  const own = change.kind === "split" ? change.routeId : null;
  const pairs: readonly [unknown, string | null][] = [
    [routeId, own],
    [target, change.target],
    [objectId, change.objectId],
  ];
  return pairs.every(([asked, has]) => typeof asked !== "string" || asked === has);
}
