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

/** What the numbers lack: how old they are, what is missing, that there is no traffic. Nothing when they are whole. */
export function AgeLine({ answer, isStale }: AgeLineProps) {
  const now = useNow();
  if (isStale) {
    const seen = answer.provenance.map((origin) => instantMs(origin.observedAt)).filter((ms) => ms !== null);
    const at = seen.length === 0 ? instantMs(answer.value.window.to) : Math.max(...seen);
    return (
      <StatusWord tone="unk">
        {at === null ? "Old numbers, not live" : `Numbers of ${formatMoment(at, now)}, ${formatAge(now - at)} old, not live`}
      </StatusWord>
    );
  }
  if (answer.value.edges.length === 0) return <StatusWord tone="unk">The proxies answer, but no call was seen in this window</StatusWord>;
  if (answer.coverage !== "partial") return null;
  const [first] = answer.notices.filter((notice) => notice.level !== "info");
  const more = answer.notices.length > 1 ? `, and ${answer.notices.length - 1} more` : "";
  return (
    <StatusWord tone="unk">
      {first === undefined ? "Some parts of the mesh do not answer" : `${first.text.replace(/\.$/, "")}${more}`}
    </StatusWord>
  );
}
