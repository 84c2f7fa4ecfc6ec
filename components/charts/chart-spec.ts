/** One line, area or row of bars of a chart. `values` and `bands` go with the chart's `t`; `null` is a gap and stays one. */
export interface ChartSeries {
  key: string;
  name: string;
  /** A token: `var(--ver-a)`. */
  color: string;
  kind: "line" | "area" | "bar";
  dash?: string | undefined;
  /** Series of one stack are drawn on top of each other. */
  stack?: string;
  values: readonly (number | null)[];
  /** An interval around the values, drawn as a shade. */
  bands?: readonly ([number, number] | null)[];
  /** A dot on the newest known value. */
  hasEndDot?: boolean;
  width?: number;
}

/** A straight piece between two points, for what is known exactly and not sampled. */
export interface ChartSegment {
  from: { t: number; value: number };
  to: { t: number; value: number };
}

/** A moment that a reader should see in the picture: a change of the split. */
export interface ChartMark {
  t: number;
  label?: string;
}

/** One request behind the numbers. A pointer may open it; the same requests stand in a list beside for everybody else. */
export interface ChartDot {
  key: string;
  t: number;
  value: number;
  isError: boolean;
  label: string;
}

export interface ChartSpec {
  /** What the picture shows, for those who hear it. */
  label: string;
  height: number;
  t: readonly number[];
  series: readonly ChartSeries[];
  marks?: readonly ChartMark[];
  dots?: readonly ChartDot[];
  /** Dashed: what was asked, beside what is observed. */
  asked?: readonly ChartSegment[];
  /** A line that should not be crossed, with its name. */
  limit?: { value: number; label: string };
  /** Words of a value in the tooltip, and of a line of the axis. */
  format: (value: number) => string;
  formatTick: (value: number) => string;
  /** Values at which the axis has lines; from 0 on, but for durations on a logarithmic scale. */
  ticks: readonly number[];
  isLog?: boolean;
  /** First and last instant shown. */
  domain: readonly [number, number];
  timeTicks: readonly number[];
  formatTime: (t: number) => string;
  /** Two labels at the right edge and no time axis, for narrow places. */
  isCompact?: boolean;
  /** Shades everything from this instant on. */
  shadeFrom?: number;
}
