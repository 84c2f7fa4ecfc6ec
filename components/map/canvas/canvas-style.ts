import type { StylesheetJson } from "cytoscape";

import type { MapColors } from "./map-colors.ts";

const EDGE_COLORS = ["healthy", "healthyFocus", "degraded", "failing", "unknown"] as const;

/** Longest head that cytoscape draws for a line of no width, before scaling (its `getArrowWidth`, 3.34). */
const ARROW_BASE = 29;
const ARROW_POWER = 0.9;
const ARROW_FACTOR = 13.37;
/** Length of its triangle as a share of that. */
const TRIANGLE = 0.3;

/** The scale at which cytoscape draws a head of `length` pixels on a line of `width` pixels. */
export function arrowScale(length: number, width: number): number {
  return length / (TRIANGLE * Math.max((width * ARROW_FACTOR) ** ARROW_POWER, ARROW_BASE));
}

/** The type package is older than cytoscape 3.34: it lacks mapped numbers and `edge-distances: endpoints`. */
interface StyleRule {
  selector: string;
  style: Readonly<Record<string, string | number | readonly number[]>>;
}

/** Look of everything on the canvas. Cards are HTML above it: here they only hold the ends of the edges. */
export function canvasStyle(colors: MapColors): StylesheetJson {
  const rules: StyleRule[] = [
    { selector: "node", style: { "z-index-compare": "manual", "overlay-opacity": 0, events: "no" } },
    {
      selector: "node.card",
      style: { shape: "rectangle", width: "data(width)", height: "data(height)", "background-opacity": 0, "border-width": 0, "z-index": 2 },
    },
    {
      selector: "node.hull",
      style: {
        shape: "polygon",
        "shape-polygon-points": "data(points)",
        width: "data(width)",
        height: "data(height)",
        "background-color": colors.hull,
        "border-color": colors.hullLine,
        "border-width": 1,
        "border-join": "round",
        "z-index": 0,
      },
    },
    {
      selector: "edge",
      style: {
        "z-index-compare": "manual",
        "z-index": "data(level)",
        width: "data(width)",
        opacity: "data(opacity)",
        "curve-style": "straight",
        "source-endpoint": "data(from)",
        "target-endpoint": "data(to)",
        "edge-distances": "endpoints",
        "target-arrow-shape": "triangle",
        "arrow-scale": "data(arrow)",
        "overlay-opacity": 0,
        "overlay-color": colors.info,
        "overlay-padding": 4,
      },
    },
    {
      selector: "edge.curved",
      style: {
        "curve-style": "unbundled-bezier",
        "control-point-distances": "data(distances)",
        "control-point-weights": "data(weights)",
      },
    },
    { selector: "edge.dashed", style: { "line-style": "dashed", "line-dash-pattern": [5, 4] } },
    ...EDGE_COLORS.map((name) => ({
      selector: `edge[color = "${name}"]`,
      style: { "line-color": colors[name], "target-arrow-color": colors[name] },
    })),
    { selector: "edge.chosen", style: { "overlay-opacity": 0.22 } },
  ];
  return rules;
}
