import type { ElementDefinition } from "cytoscape";

import type { PlacedCard } from "../model/columns.ts";
import type { Curve } from "../model/curve.ts";
import type { Drawing } from "../model/drawing.ts";
import type { DrawnEdge } from "../model/drawn-graph.ts";
import type { EdgeLook } from "../model/edge-look.ts";
import { bounds } from "../model/geometry.ts";
import type { Point } from "../model/geometry.ts";
import type { Hull } from "../model/hull.ts";
import { arrowScale } from "./canvas-style.ts";

/** Ids on the canvas start with what the element is, so that a hull and a card never share one. */
export const cardElementId = (id: string): string => `card ${id}`;
export const edgeElementId = (id: string): string => `edge ${id}`;

const DIM_OPACITY = 0.28;
const FAINT_OPACITY = 0.35;

/** A canvas element as it should be. What is equal to the last time is not touched. */
export interface CanvasElement extends ElementDefinition {
  data: Record<string, unknown> & { id: string };
  classes: string;
}

export function cardElement(card: PlacedCard): CanvasElement {
  return {
    group: "nodes",
    data: { id: cardElementId(card.id), width: card.width, height: card.height },
    position: { x: card.x, y: card.y },
    classes: "card",
  };
}

export function hullElement(hull: Hull, index: number): CanvasElement | null {
  const box = bounds(hull.outline.map((point) => ({ ...point, width: 0, height: 0 })));
  if (box === null || box.width === 0 || box.height === 0) return null;
  return {
    group: "nodes",
    data: {
      id: `hull ${index}`,
      width: box.width,
      height: box.height,
      points: hull.outline.flatMap(({ x, y }) => [((x - box.x) * 2) / box.width, ((y - box.y) * 2) / box.height]),
    },
    position: { x: box.x, y: box.y },
    classes: "hull",
  };
}

export function edgeElement(edge: DrawnEdge, curve: Curve, look: EdgeLook, cards: ReadonlyMap<string, PlacedCard>): CanvasElement | null {
  const source = cards.get(edge.source);
  const target = cards.get(edge.target);
  if (source === undefined || target === undefined) return null;
  const controls = edge.source === edge.target ? [] : curve.controls;
  const { distances, weights } = alongAndAside(curve.start, controls, curve.end);
  return {
    group: "edges",
    data: {
      id: edgeElementId(edge.id),
      edge: edge.id,
      source: cardElementId(edge.source),
      target: cardElementId(edge.target),
      from: offset(curve.start, source),
      to: offset(curve.end, target),
      distances,
      weights,
      width: look.width,
      arrow: arrowScale(look.arrow, look.width),
      color: look.color,
      opacity: look.isDim ? DIM_OPACITY : look.isFaint ? FAINT_OPACITY : 1,
      level: look.level,
    },
    classes: [controls.length > 0 && "curved", look.isDashed && "dashed", look.isChosen && "chosen"].filter(Boolean).join(" "),
  };
}

export function drawingElements(drawing: Drawing, edges: readonly DrawnEdge[], lookOf: (edge: DrawnEdge) => EdgeLook): CanvasElement[] {
  const cards = new Map(drawing.cards.map((card) => [card.id, card]));
  const hulls = drawing.hulls.map(hullElement).filter((element) => element !== null);
  const lines = edges.flatMap((edge) => {
    const curve = drawing.routes.get(edge.id);
    const element = curve === undefined ? null : edgeElement(edge, curve, lookOf(edge), cards);
    return element === null ? [] : [element];
  });
  return [...hulls, ...drawing.cards.map(cardElement), ...lines];
}

function offset(point: Point, card: PlacedCard): string {
  return `${(point.x - card.x).toFixed(2)}px ${(point.y - card.y).toFixed(2)}px`;
}

/** Control points as cytoscape takes them: share of the way from end to end, and distance aside from that line. */
function alongAndAside(start: Point, controls: readonly Point[], end: Point): { distances: number[]; weights: number[] } {
  const dx = end.x - start.x;
  const dy = end.y - start.y;
  const length = Math.hypot(dx, dy) || 1;
  return {
    weights: controls.map(({ x, y }) => ((x - start.x) * dx + (y - start.y) * dy) / length ** 2),
    distances: controls.map(({ x, y }) => ((y - start.y) * dx - (x - start.x) * dy) / length),
  };
}
