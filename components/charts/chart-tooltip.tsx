import { formatClock } from "#lib/client/format.ts";

import type { ChartSpec } from "./chart-spec.ts";

export interface ChartTooltipProps {
  spec: ChartSpec;
  /** Given by the chart. */
  active?: boolean;
  label?: string | number;
}

/** The numbers under the pointer, with the time they belong to. A gap says so. */
export function ChartTooltip({ spec, active = false, label }: ChartTooltipProps) {
  const index = spec.t.findIndex((t) => t === Number(label));
  if (!active || index < 0) return null;
  return (
    <div className="rounded-2 bg-raised px-2.5 py-1.5 text-11 shadow-3">
      <p className="text-text-3">{formatClock(spec.t[index])}</p>
      {spec.series.map((series) => {
        const value = series.values[index] ?? null;
        const band = series.bands?.[index];
        return (
          <p key={series.key} className="flex items-center gap-1.5">
            <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: series.color }} />
            <span className="text-text-2">{series.name}</span>
            <span className="ml-auto pl-3 font-semi">{value === null ? "no data" : spec.format(value)}</span>
            {band === null || band === undefined ? null : (
              <span className="text-text-3">
                {spec.format(band[0])} to {spec.format(band[1])}
              </span>
            )}
          </p>
        );
      })}
    </div>
  );
}
