import { memo, type CSSProperties } from "react";

import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatDuration } from "#lib/client/format.ts";

import { colourToken, serviceWords, type SpanMark, type SpanNode } from "./trace-view.ts";
import { SpanBar, type Ghost } from "./span-bar.tsx";
import type { TimeRange } from "./zoom.ts";

export interface SpanRowProps {
  node: SpanNode;
  /** Place among the shown rows, from 0. */
  row: number;
  rowPx: number;
  isFolded: boolean;
  /** The one row that the Tab key reaches. */
  isActive: boolean;
  /** Its details are open. */
  isSelected: boolean;
  isMatch: boolean;
  range: TimeRange;
  /** Width of the timeline, px. */
  widthPx: number;
  /** The matched span of the other trace; `null` = none. */
  ghost: Ghost | null;
}

const INDENT_PX = 14;
/** Deeper spans keep this indent: a chain of a thousand calls must leave room for its names. */
const MOST_INDENTS = 18;

const MARKS: Readonly<Record<SpanMark, string>> = { error: "error", cancelled: "cancelled", retry: "retried" };

/**
 * One span: its name at the left, its bar at the right. Placed by a transform alone, and drawn again only when something
 * about it changes. Presses are taken by the waterfall around it, which knows the row by its data attributes.
 */
export const SpanRow = memo(function SpanRow(props: SpanRowProps) {
  const { node, row, rowPx, isFolded, isActive, isSelected, isMatch, range, widthPx, ghost } = props;
  const { span } = node;
  const place: CSSProperties = { transform: `translateY(${row * rowPx}px)`, height: rowPx };
  return (
    <div
      role="row"
      tabIndex={isActive ? 0 : -1}
      data-row={row}
      aria-rowindex={row + 2}
      aria-level={node.depth + 1}
      aria-posinset={node.place}
      aria-setsize={node.siblings}
      aria-expanded={node.size > 0 ? !isFolded : undefined}
      aria-selected={isSelected}
      style={place}
      className={cx(
        "absolute inset-x-0 top-0 grid cursor-pointer grid-cols-[var(--name-w)_minmax(0,1fr)] -outline-offset-2 max-tablet:grid-cols-1 max-tablet:grid-rows-[1fr_26px]",
        isSelected ? "bg-info-bg" : "hover:bg-hover",
        isMatch && "shadow-[inset_3px_0_0_var(--info)]",
      )}
    >
      <div
        role="rowheader"
        style={{ paddingLeft: 4 + Math.min(node.depth, MOST_INDENTS) * INDENT_PX }}
        className="flex min-w-0 items-center gap-[7px] pr-2.5 text-12"
      >
        <FoldButton node={node} isFolded={isFolded} />
        <i aria-hidden="true" style={{ background: colourToken(node.colour) }} className="h-4 w-1 flex-none rounded-[2px]" />
        <ForeignText text={serviceWords(node)} className="max-w-[60%] flex-none truncate font-medium" />
        <span className={cx("min-w-0 flex-1 truncate", isSelected ? "text-text-2" : "text-text-3")}>
          <ForeignText text={span.name} />
          {node.inRow === null ? null : ` ${node.inRow.nth} of ${node.inRow.of}`}
        </span>
        {node.isOrphan ? <span className="flex-none text-11 text-warn-text">parent not received</span> : null}
        {isMatch ? <span className="sr-only">match</span> : null}
        {node.marks.map((mark) => (
          <Mark key={mark} mark={mark} />
        ))}
      </div>
      <SpanBar node={node} range={range} widthPx={widthPx} ghost={ghost} label={formatDuration(span.durationMs)} />
    </div>
  );
});

/** Folding by pointer; the keyboard folds with the arrow keys on the row. */
function FoldButton({ node, isFolded }: { node: SpanNode; isFolded: boolean }) {
  if (node.size === 0) return <span aria-hidden="true" className="w-6 flex-none" />;
  return (
    <button
      type="button"
      tabIndex={-1}
      data-fold={node.key}
      aria-label={isFolded ? "Open the spans below" : "Fold the spans below"}
      className="grid size-6 flex-none place-items-center rounded-1 text-text-3 hover:text-text"
    >
      <Icon name="chevron" size={12} className={isFolded ? "-rotate-90" : ""} />
    </button>
  );
}

function Mark({ mark }: { mark: SpanMark }) {
  return (
    <span className="flex flex-none" title={MARKS[mark]}>
      {mark === "retry" ? (
        <Icon name="retry" size={12} className="text-text-2" />
      ) : (
        <StatusGlyph tone={mark === "error" ? "fail" : "warn"} />
      )}
      <span className="sr-only">{MARKS[mark]}</span>
    </span>
  );
}
