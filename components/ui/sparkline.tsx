import { cx } from "./cx.ts";
import { sparkPaths } from "./spark-path.ts";

export interface SparklineProps {
  /** Oldest first; `null` = gap. */
  points: readonly (number | null)[];
  width?: number;
  height?: number;
  className?: string;
}

/** A rate's shape from zero up. Gaps stay gaps; decoration only, the number stands beside it. */
export function Sparkline({ points, width = 80, height = 20, className }: SparklineProps) {
  const { line, area } = sparkPaths(points, width, height);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" className={cx("block", className)}>
      <path d={area} fill="var(--spark)" opacity=".14" />
      <path d={line} fill="none" stroke="var(--spark)" strokeWidth="1.25" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}
