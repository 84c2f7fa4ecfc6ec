"use client";

import { StatusWord } from "#components/ui/status-word.tsx";
import { formatAge, formatMoment, instantMs } from "#lib/client/format.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

export interface AgeLineProps {
  answer: Sourced<MeshGraph>;
  isStale: boolean;
}

/** How old the numbers are, once they are no longer live. Its age goes on every second, so that nobody has it read out. */
export function AgeLine({ answer, isStale }: AgeLineProps) {
  const now = useNow();
  if (!isStale) return null;
  const seen = answer.provenance.map((origin) => instantMs(origin.observedAt)).filter((ms) => ms !== null);
  const at = seen.length === 0 ? instantMs(answer.value.window.to) : Math.max(...seen);
  return (
    <StatusWord tone="unk">
      {at === null ? "Old numbers, not live" : `Numbers of ${formatMoment(at, now)}, ${formatAge(now - at)} old, not live`}
    </StatusWord>
  );
}
