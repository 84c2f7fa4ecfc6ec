import { memo } from "react";

import { cx } from "#components/ui/cx.ts";
import { toneOf, TONE_TEXT } from "#components/ui/tone.ts";

import { describeEdge } from "../model/describe.ts";
import type { DrawnEdge } from "../model/drawn-graph.ts";
import { labelLines } from "../model/edge-label-words.ts";
import type { LabelLine } from "../model/edge-label-words.ts";
import type { PlacedLabel } from "../model/edge-labels.ts";
import { LockGlyph } from "../nodes/lock-glyph.tsx";

export interface EdgeLabelProps {
  label: PlacedLabel;
  isSelected: boolean;
  isStale: boolean;
  onPress: (id: string) => void;
  onHover: (id: string | null) => void;
}

/** Text that crosses a line stays readable on it. */
const HALO =
  "[text-shadow:0_0_2px_var(--bg),0_0_2px_var(--bg),1px_1px_1px_var(--bg),-1px_-1px_1px_var(--bg),1px_-1px_1px_var(--bg),-1px_1px_1px_var(--bg)]";

const FORMS = {
  split: "flex flex-col items-center gap-3.5",
  stack: "flex flex-col items-center",
  above: "flex items-center gap-1.5",
  pill: "flex flex-col items-center rounded-2 border bg-surface px-1.5 py-0.5",
} as const;

/** An edge's numbers on the map, and the way to select it. Keeps its size when the map is smaller than life. */
export const EdgeLabel = memo(function EdgeLabel({ label, isSelected, isStale, onPress, onHover }: EdgeLabelProps) {
  const { edge, form } = label;
  const isUnwell = !isStale && (edge.status === "degraded" || edge.status === "failing");
  return (
    <button
      type="button"
      data-map-item={edge.id}
      aria-pressed={isSelected}
      onClick={(event) => {
        event.currentTarget.focus({ preventScroll: true });
        onPress(edge.id);
      }}
      onMouseEnter={() => onHover(edge.id)}
      onMouseLeave={() => onHover(null)}
      className={cx(
        "pointer-events-auto absolute min-h-6 whitespace-nowrap text-11 font-semi leading-[15px]",
        FORMS[form],
        form === "pill" ? borderClass(edge, isSelected, isStale) : HALO,
      )}
      style={{ left: label.x, top: label.y, transform: "translate(-50%, -50%) scale(max(1, var(--inverse-zoom, 1)))" }}
    >
      <span className="sr-only">{describeEdge(edge)}</span>
      <span aria-hidden="true" className="contents">
        {labelLines(edge).map((line, index) => (
          <Line key={index} line={line} status={isUnwell ? TONE_TEXT[toneOf(edge.status)] : "text-text-2"} isStale={isStale} />
        ))}
      </span>
    </button>
  );
});

const TONES: Readonly<Record<Exclude<LabelLine["tone"], "status">, string>> = { plain: "", warn: "text-warn-text", fail: "text-fail-text" };

function Line({ line, status, isStale }: { line: LabelLine; status: string; isStale: boolean }) {
  const tone = line.tone === "status" ? status : isStale && line.tone !== "plain" ? "text-text-2" : TONES[line.tone];
  if (line.lock === null) return <span className={tone}>{line.text}</span>;
  return (
    <span className={cx("inline-flex items-center gap-0.5", tone)}>
      <LockGlyph lock={line.lock} {...(isStale ? { className: "text-text-3" } : {})} />
      {line.text}
    </span>
  );
}

function borderClass(edge: DrawnEdge, isSelected: boolean, isStale: boolean): string {
  if (isSelected) return "border-info";
  if (isStale) return "border-line-strong";
  if (edge.status === "failing" || edge.isBroken) return "border-fail";
  return edge.status === "degraded" || edge.lock === "plaintext" ? "border-warn" : "border-line-strong";
}
