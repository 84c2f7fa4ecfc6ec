import type { HealthStatus } from "#lib/model/graph.ts";

import type { DrawnEdge } from "./drawn-graph.ts";
import { arrowLength, edgeWidth } from "./edge-width.ts";
import { hasPlaintext } from "./names.ts";

/** How one edge is drawn. Colours are names: the canvas and the theme know their values. */
export interface EdgeLook {
  width: number;
  arrow: number;
  color: "healthy" | "healthyFocus" | "degraded" | "failing" | "unknown";
  isDashed: boolean;
  /** Selected itself. */
  isChosen: boolean;
  isDim: boolean;
  /** One of very many: the calm ones step back so that the others can be seen. */
  isFaint: boolean;
  /** Higher is drawn above. */
  level: number;
}

export interface EdgeLookContext {
  largest: number;
  selected: string | null;
  hovered: string | null;
  /** Whether the find text leaves it; everything is found while nothing is looked for. */
  isFound: boolean;
  /** Very many lines are on the map. */
  isDense: boolean;
  /** The picture is old: places stay, colour goes. */
  isStale: boolean;
}

const LEVELS: Readonly<Record<HealthStatus, number>> = { unknown: 1, healthy: 1, degraded: 3, failing: 4 };

export function edgeLook(edge: DrawnEdge, context: EdgeLookContext): EdgeLook {
  const width = edgeWidth(edge.rate, context.largest);
  const isChosen = edge.id === context.selected;
  const isTouched = [context.selected, context.hovered].some(
    (id) => id !== null && (id === edge.source || id === edge.target || id === edge.id),
  );
  return {
    width,
    arrow: arrowLength(width),
    color: colorOf(edge, isTouched, context.isStale),
    isDashed: hasPlaintext(edge.transport) || edge.rate === null,
    isChosen,
    isDim: !context.isFound,
    isFaint: context.isDense && !isTouched && edge.status === "healthy",
    level: (isTouched ? 5 : 0) + LEVELS[edge.status],
  };
}

function colorOf(edge: DrawnEdge, isTouched: boolean, isStale: boolean): EdgeLook["color"] {
  if (isStale || edge.status === "unknown" || edge.rate === null) return "unknown";
  if (edge.status !== "healthy") return edge.status;
  if (hasPlaintext(edge.transport)) return "unknown";
  return isTouched ? "healthyFocus" : "healthy";
}

export interface LabelContext {
  selected: string | null;
  /** The find text asks for it. */
  isSearched: boolean;
  /** The reader has come close, and there are few enough edges for all to speak. */
  isClose: boolean;
}

/** Healthy edges are calm: unwell, plaintext and broken ones speak, and those that the reader selects, seeks or comes close to. */
export function hasLabel(edge: DrawnEdge, { selected, isSearched, isClose }: LabelContext): boolean {
  const isNews = edge.status === "degraded" || edge.status === "failing" || edge.lock === "plaintext" || edge.isBroken;
  if (edge.rate === null && !edge.isBroken) return false;
  const isOfSelection = selected !== null && [edge.id, edge.source, edge.target].includes(selected);
  return isNews || isOfSelection || isSearched || isClose;
}
