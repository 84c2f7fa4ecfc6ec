"use client";

import { StatusWord } from "#components/ui/status-word.tsx";
import { formatAge, formatMoment, instantMs } from "#lib/client/format.ts";
import { withLocalTimes } from "#lib/client/moment.ts";
import { useAt } from "#lib/client/search-params.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

export interface AgeLineProps {
  answer: Sourced<MeshGraph>;
  isStale: boolean;
}

/** What the numbers lack: how old they are, what is missing, that there is no traffic. Nothing when they are whole. */
export function AgeLine({ answer, isStale }: AgeLineProps) {
  const now = useNow();
  const isPast = useAt() !== null;
  if (isStale) {
    const seen = answer.provenance.map((origin) => instantMs(origin.observedAt)).filter((ms) => ms !== null);
    const at = seen.length === 0 ? instantMs(answer.value.window.to) : Math.max(...seen);
    return (
      <StatusWord tone="unk">
        {at === null ? "Old numbers, not live" : `Numbers of ${formatMoment(at, now)}, ${formatAge(now - at)} old, not live`}
      </StatusWord>
    );
  }
  const isEmpty = answer.value.edges.length === 0;
  if (isEmpty && !isPast) return <StatusWord tone="unk">The proxies answer, but no call was seen in this window</StatusWord>;
  if (!isEmpty && answer.coverage !== "partial") return null;
  const [first, ...others] = answer.notices.filter((notice) => notice.level !== "info");
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  const nothing = isEmpty ? "No source tells of a call" : "Some parts of the mesh do not answer";
  return (
    <StatusWord tone="unk" className="max-tablet:whitespace-normal">
      {first === undefined ? nothing : `${withLocalTimes(first.text, now).replace(/\.$/, "")}${more}`}
    </StatusWord>
  );
}
