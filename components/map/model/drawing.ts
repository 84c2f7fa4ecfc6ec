import { cardSize, placeSize } from "./card-size.ts";
import type { PlacedCard } from "./columns.ts";
import type { Curve } from "./curve.ts";
import type { DrawnGraph } from "./drawn-graph.ts";
import { edgeRoutes } from "./edge-routes.ts";
import { bounds } from "./geometry.ts";
import type { Box } from "./geometry.ts";
import { namespaceHulls } from "./hull.ts";
import type { Hull } from "./hull.ts";
import type { Positions } from "./layout-input.ts";
import type { DetailLevel } from "./zoom.ts";

/** Everything that has a place on the map. Depends on places and on the selection, never on numbers. */
export interface Drawing {
  cards: PlacedCard[];
  hulls: Hull[];
  routes: ReadonlyMap<string, Curve>;
}

/** A dot's place: edges end at it, not at the card that it stands for. */
const DOT = { width: 36, height: 36 };
/** Chips keep their height on the screen; this is theirs about the middle of the zooms that show them. */
const CHIP_HEIGHT = 40;
const HULL_MARGIN = 16;
const TITLE_MARGIN = 30;

/** Cards, hulls and edge curves for these places; nodes that have none yet are left out. */
export function composeDrawing(graph: DrawnGraph, positions: Positions, selected: string | null, level: DetailLevel = "card"): Drawing {
  const cards = graph.nodes.flatMap((node) => {
    const place = positions.get(node.id);
    if (place === undefined) return [];
    return [{ id: node.id, group: node.namespace, ...place, ...cardSize(node, level === "card" && node.id === selected) }];
  });
  const drawn = level === "card" ? cards : cards.map((card) => ({ ...card, ...(level === "dot" ? DOT : { height: CHIP_HEIGHT }) }));
  return { cards: drawn, hulls: namespaceHulls(cards), routes: edgeRoutes(graph.edges, drawn) };
}

/** The area that "fit" shows: all places with room for hulls, whatever is selected. `null` when nothing is placed. */
export function contentBox(graph: DrawnGraph, positions: Positions): Box | null {
  const box = bounds(
    graph.nodes.flatMap((node) => {
      const place = positions.get(node.id);
      return place === undefined ? [] : [{ ...place, ...placeSize(node) }];
    }),
  );
  if (box === null) return null;
  return {
    x: box.x,
    y: box.y - (TITLE_MARGIN - HULL_MARGIN) / 2,
    width: box.width + 2 * HULL_MARGIN,
    height: box.height + HULL_MARGIN + TITLE_MARGIN,
  };
}
