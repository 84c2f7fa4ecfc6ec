import { useQuery } from "@tanstack/react-query";

import { redQuery } from "#lib/client/query-options.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Change } from "#lib/model/change.ts";

import { AFTER_MS, BEFORE_MS, compareSides, EFFECT_STEP_MS } from "./before-after.ts";

/** When a change was written; until then, nothing can be its effect. */
export function writtenAt(change: Change): number | null {
  return change.timings.acceptedAt === null ? null : Date.parse(change.timings.acceptedAt);
}

/** RED of a change's target from two minutes before it to at most five after, or of the last two minutes for a plan. */
export function useEffectOf(target: string, change: Change | null, movedShare: number) {
  const now = useNow();
  const at = change === null ? null : writtenAt(change);
  const isOver = at !== null && now > at + AFTER_MS + EFFECT_STEP_MS;
  const subject = `service:${target}`;
  const step = `${EFFECT_STEP_MS / 1_000}s`;
  const red = useQuery(
    redQuery(
      at === null
        ? { subject, step, by: "version", window: `${BEFORE_MS / 1_000}s` }
        : {
            subject,
            step,
            by: "version",
            from: new Date(at - BEFORE_MS).toISOString(),
            to: isOver ? new Date(at + AFTER_MS).toISOString() : null,
          },
    ),
  );
  const effect = red.data === undefined || at === null ? null : compareSides(red.data.value, at, movedShare);
  return { red, effect, at, isCounting: at !== null && !isOver };
}
