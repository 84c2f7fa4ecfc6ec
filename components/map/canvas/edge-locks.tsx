import { memo } from "react";

import { cx } from "#components/ui/cx.ts";

import type { PlacedLock } from "../model/edge-locks.ts";
import { LockGlyph } from "../nodes/lock-glyph.tsx";

export interface EdgeLocksProps {
  locks: readonly PlacedLock[];
  /** Edges that stay lit; `null` = all of them. */
  lit: ReadonlySet<string> | null;
  isStale: boolean;
}

/** The locks of edges that have no label. Their words stand in the table, and in the panel of the edge. */
export const EdgeLocks = memo(function EdgeLocks({ locks, lit, isStale }: EdgeLocksProps) {
  return (
    <div aria-hidden="true">
      {locks.map(({ id, lock, x, y }) => (
        <span
          key={id}
          data-edge-lock={lock}
          className={cx("absolute grid size-4 place-items-center rounded-full bg-bg", lit !== null && !lit.has(id) && "opacity-30")}
          style={{ left: x, top: y, transform: "translate(-50%, -50%) scale(max(1, var(--inverse-zoom, 1)))" }}
        >
          <LockGlyph lock={lock} {...(isStale ? { className: "text-text-3" } : {})} />
        </span>
      ))}
    </div>
  );
});
