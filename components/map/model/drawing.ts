import { cardSize } from "./card-size.ts";
import type { PlacedCard } from "./columns.ts";
import type { Curve } from "./curve.ts";
import type { DrawnGraph } from "./drawn-graph.ts";
import { edgeRoutes } from "./edge-routes.ts";
import { namespaceHulls } from "./hull.ts";
import type { Hull } from "./hull.ts";
import type { Positions } from "./layout-input.ts";

/** Everything that has a place on the map. Depends on places and on the selection, never on numbers. */
export interface Drawing {
  cards: PlacedCard[];
  hulls: Hull[];
  routes: ReadonlyMap<string, Curve>;
}

/** Cards, hulls and edge curves for these places; nodes that have none yet are left out. */
export function composeDrawing(graph: DrawnGraph, positions: Positions, selected: string | null): Drawing {
  const cards = graph.nodes.flatMap((node) => {
    const place = positions.get(node.id);
    if (place === undefined) return [];
    return [{ id: node.id, group: node.namespace, ...place, ...cardSize(node, node.id === selected) }];
  });
  return { cards, hulls: namespaceHulls(cards), routes: edgeRoutes(graph.edges, cards) };
}
