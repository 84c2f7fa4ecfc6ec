"use client";

import { useQuery } from "@tanstack/react-query";

import { SplitBar } from "#components/routing/split-bar.tsx";
import { formatNames, formatNumber } from "#lib/client/format.ts";
import { serviceQuery } from "#lib/client/query-options.ts";
import { DEFAULT_WINDOW } from "#lib/client/search-params.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { PlannedLeg } from "#lib/model/routing.ts";

import { movedShareOf } from "./change-words.ts";
import type { Review } from "./review.ts";

function barOf(legs: readonly PlannedLeg[], side: "before" | "after") {
  return legs.map((leg) => ({ id: leg.id, version: leg.version, share: leg[side].share }));
}

/** What the change does, in one sentence and two bars. */
export function SentencePanel({ review }: { review: Review }) {
  const isPlan = review.change === null;
  const service = useQuery({ ...serviceQuery(review.target, DEFAULT_WINDOW), enabled: isPlan });
  const moved = movedShareOf(review.legs);
  const rate = service.data?.value.red.rate ?? null;
  const callers = review.callers.map((caller) => parseNodeId(caller).service);
  return (
    <section className="panel p-4" aria-label="What changes">
      <p className="min-h-[46px] text-16 leading-[1.45]">
        <b className="font-semi">{review.sentence}</b>{" "}
        <span className="text-text-2">
          {isPlan && rate !== null ? `About ${formatNumber(rate * moved)} requests/s move. ` : ""}
          {callers.length === 0 ? "" : `${callers.length === 1 ? "Caller" : "Callers"}: ${formatNames(callers)}. `}
          Nothing else changes.
        </span>
      </p>
      <dl className="mt-3 grid grid-cols-[56px_1fr] items-center gap-y-1.5">
        {(["before", "after"] as const).map((side) => (
          <div key={side} className="contents">
            <dt className="text-12 text-text-3">{side === "before" ? "Before" : "After"}</dt>
            <dd>
              <SplitBar legs={barOf(review.legs, side)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
