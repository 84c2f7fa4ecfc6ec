import { NameWidthHandle, type NameWidthHandleProps } from "./name-width-handle.tsx";
import type { AxisTick } from "./time-axis.ts";

export interface AxisRowProps extends NameWidthHandleProps {
  ticks: readonly AxisTick[];
}

/** The head of the waterfall: what the columns are, and the times along the top. Stays in sight while rows scroll. */
export function AxisRow({ ticks, namePercent, onNamePercent }: AxisRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-6 grid-cols-[var(--name-w)_minmax(0,1fr)] bg-surface text-text-3 max-tablet:grid-cols-1"
    >
      <div role="columnheader" className="relative pl-4 text-11 leading-6 max-tablet:sr-only">
        Span
        <NameWidthHandle namePercent={namePercent} onNamePercent={onNamePercent} />
      </div>
      <div role="columnheader" aria-label="Time" className="relative ml-1 mr-4 text-10 leading-6 max-tablet:ml-4">
        {ticks.map((tick) => (
          <span
            key={tick.atMs}
            style={{ left: `${tick.at * 100}%` }}
            className={`absolute whitespace-nowrap ${tick.at < 0.02 ? "" : tick.at > 0.97 ? "-translate-x-full" : "-translate-x-1/2"}`}
          >
            {tick.label}
          </span>
        ))}
      </div>
    </div>
  );
}
