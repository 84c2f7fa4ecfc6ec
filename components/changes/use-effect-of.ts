import { useQuery } from "@tanstack/react-query";

import { changesQuery, redQuery } from "#lib/client/query-options.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Change } from "#lib/model/change.ts";

import { BEFORE_MS, compareSides, EFFECT_STEP_MS, ownStretch } from "./before-after.ts";

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * RED of a change's target around it, and how the two sides compare: from two minutes before to five after, or to the next
 * change of the same target; of the last two minutes for a plan. `movedShare` is the part of the calls that goes elsewhere.
 */
export function useEffectOf(target: string, change: Change | null, movedShare: number) {
  const now = useNow();
  const others = useQuery(changesQuery({ target }));
  const stretch = change === null ? null : ownStretch(change, others.data?.value.items ?? []);
  const isOver = stretch !== null && now > stretch.untilMs + EFFECT_STEP_MS;
  const shared = { subject: `service:${target}`, step: `${EFFECT_STEP_MS / 1_000}s`, by: "version" } as const;
  const red = useQuery(
    redQuery(
      stretch === null
        ? { ...shared, window: `${BEFORE_MS / 1_000}s` }
        : { ...shared, from: iso(stretch.atMs - BEFORE_MS), to: isOver ? iso(stretch.untilMs) : null },
    ),
  );
  const effect = red.data === undefined || stretch === null ? null : compareSides(red.data.value, stretch, movedShare);
  return { red, effect, at: stretch?.atMs ?? null, isCounting: stretch !== null && !isOver };
}
