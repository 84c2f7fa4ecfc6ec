import { memo } from "react";

import type { TracePoint } from "./brush.ts";

const RADIUS = 3;
const HALF = 3.5;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function circles(points: readonly TracePoint[]): string {
  return points
    .map(
      ({ x, y }) =>
        `M${round(x - RADIUS)} ${round(y)}a${RADIUS} ${RADIUS} 0 1 0 ${2 * RADIUS} 0a${RADIUS} ${RADIUS} 0 1 0 ${-2 * RADIUS} 0`,
    )
    .join("");
}

function squares(points: readonly TracePoint[]): string {
  return points.map(({ x, y }) => `M${round(x - HALF)} ${round(y - HALF)}h${2 * HALF}v${2 * HALF}h${-2 * HALF}z`).join("");
}

/** Diagonals of a square, cut out of it: the shape of a failure everywhere in the console. */
function crosses(points: readonly TracePoint[]): string {
  return points.map(({ x, y }) => `M${round(x - 1.5)} ${round(y - 1.5)}l3 3M${round(x + 1.5)} ${round(y - 1.5)}l-3 3`).join("");
}

export interface ScatterPointsProps {
  points: readonly TracePoint[];
  /** Traces of the selection; `null` = nothing is selected. */
  selected: ReadonlySet<string> | null;
}

/**
 * All points in a few paths: a thousand elements would cost more than they show. Failed ones are crossed squares and stand
 * in front. With a selection, the others are drawn hollow.
 */
export const ScatterPoints = memo(function ScatterPoints({ points, selected }: ScatterPointsProps) {
  const isIn = (point: TracePoint) => selected === null || selected.has(point.trace.id);
  const layers = [false, true].flatMap((isFailed) => {
    const own = points.filter((point) => (point.trace.status === "error") === isFailed);
    return [
      { isFailed, isSelected: false, points: own.filter((point) => !isIn(point)) },
      { isFailed, isSelected: true, points: own.filter(isIn) },
    ];
  });
  return (
    <g aria-hidden="true">
      {layers.map((layer) => {
        const color = layer.isFailed ? "var(--fail)" : "var(--spark)";
        const look = layer.isSelected ? { fill: color } : { fill: "var(--surface)", stroke: color };
        const key = `${layer.isFailed} ${layer.isSelected}`;
        if (!layer.isFailed) return <path key={key} d={circles(layer.points)} {...look} />;
        return (
          <g key={key}>
            <path d={squares(layer.points)} {...look} />
            <path d={crosses(layer.points)} stroke={layer.isSelected ? "var(--glyph-cut)" : color} strokeLinecap="round" fill="none" />
          </g>
        );
      })}
    </g>
  );
});
