import type { HealthCounts } from "#lib/client/counted-services.ts";
import { formatCount } from "#lib/client/format.ts";
import type { HealthStatus } from "#lib/model/graph.ts";

import { cx } from "./cx.ts";
import { StatusWord } from "./status-word.tsx";
import { toneOf } from "./tone.ts";

const STATUSES: readonly HealthStatus[] = ["failing", "degraded", "unknown", "healthy"];

export interface StatusCountsProps {
  counts: HealthCounts;
  /** Leaves out what nobody is in. */
  isShort?: boolean;
  className?: string;
}

/** How many services stand in each status. */
export function StatusCounts({ counts, isShort = false, className }: StatusCountsProps) {
  return (
    <p className={cx("flex flex-wrap gap-x-3.5 gap-y-1 text-12", className)}>
      {STATUSES.filter((status) => !isShort || counts[status] > 0).map((status) => (
        <StatusWord key={status} tone={toneOf(status)} isQuiet className={counts[status] === 0 ? "text-text-3 [&_svg]:opacity-40" : ""}>
          {formatCount(counts[status])} {status}
        </StatusWord>
      ))}
    </p>
  );
}
