"use client";

import { asSentence, formatClock, instantMs } from "#lib/client/format.ts";
import { lookWords, withLocalTimes } from "#lib/client/moment.ts";
import { useAt } from "#lib/client/search-params.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { NOTHING_KEPT, PARTLY_KEPT } from "#lib/red/memory-reach.ts";

/** That the map shows the past, from when on its numbers are counted where that is not what was asked, and the way back. */
export function PastAside({ answer }: { answer: Sourced<MeshGraph> }) {
  const { atMs, goLive } = useTimeControls();
  const now = useNow();
  if (atMs === null) return null;
  return (
    <p className="text-info-text max-tablet:hidden">
      {lookWords(atMs, now)} <CoveredWords answer={answer} />
      <button type="button" className="evidence min-h-6 font-semi pointer-coarse:min-h-11" onClick={goLive}>
        Back to live
      </button>
    </p>
  );
}

/** The window that was really counted, where a source keeps the past in other steps than were asked for. */
export function CoveredWords({ answer: { value, notices } }: { answer: Sourced<MeshGraph> }) {
  if (!notices.some(({ code }) => code === "other-window")) return null;
  const [from, to] = [value.window.from, value.window.to].map((instant) => formatClock(instantMs(instant)));
  return (
    <>
      Counted from {from} to {to}.{" "}
    </>
  );
}

/** What of a picture of the past is as it is now, in the words of the API, and how more of it could be had. Nothing while it is live. */
export function AsOfNowNote({ notices, className }: { notices: readonly Notice[]; className?: string }) {
  const now = useNow();
  const isPast = useAt() !== null;
  const asOfNow = notices.find(({ code }) => code === "as-of-now");
  const reach = notices.find(({ code }) => code === NOTHING_KEPT || code === PARTLY_KEPT);
  if (!isPast || asOfNow === undefined) return null;
  return (
    <div className={className}>
      {reach?.mend === null || reach === undefined ? null : <p className="mb-1.5">{asSentence(withLocalTimes(reach.mend, now))}</p>}
      <p>{asSentence(withLocalTimes(asOfNow.text, now))}</p>
    </div>
  );
}
