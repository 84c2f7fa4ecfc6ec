"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { SplitBar } from "#components/routing/split-bar.tsx";
import { Icon } from "#components/ui/icon.tsx";
import type { IconName } from "#components/ui/icon.tsx";
import { formatNames, formatNumber } from "#lib/client/format.ts";
import { serviceQuery } from "#lib/client/query-options.ts";
import { DEFAULT_WINDOW } from "#lib/client/search-params.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { PlannedLeg } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import { movedShareOf } from "./change-words.ts";
import { letsInWords } from "./demand-words.ts";
import type { DemandReview, Review, SplitReview } from "./review.ts";

/** What the change does, in one sentence, and how things stand before and after it. */
export function SentencePanel({ review }: { review: Review }) {
  return review.kind === "split" ? <SplitSentence review={review} /> : <DemandSentence review={review} />;
}

function barOf(legs: readonly PlannedLeg[], side: "before" | "after") {
  return legs.map((leg) => ({ id: leg.id, version: leg.version, share: leg[side].share }));
}

function SplitSentence({ review }: { review: SplitReview }) {
  const isPlan = review.change === null;
  const service = useQuery({ ...serviceQuery(review.target, DEFAULT_WINDOW), enabled: isPlan });
  const moved = movedShareOf(review.legs);
  const rate = service.data?.value.red.rate ?? null;
  const callers = review.callers.map((caller) => parseNodeId(caller).service);
  return (
    <Sentence
      sentence={review.sentence}
      before={<SplitBar legs={barOf(review.legs, "before")} />}
      after={<SplitBar legs={barOf(review.legs, "after")} />}
    >
      {isPlan && rate !== null ? `About ${formatNumber(rate * moved)} requests/s move. ` : ""}
      {callers.length === 0 ? "" : `${callers.length === 1 ? "Caller" : "Callers"}: ${formatNames(callers)}. `}
    </Sentence>
  );
}

function DemandSentence({ review: { sentence, move } }: { review: DemandReview }) {
  return <Sentence sentence={sentence} before={<LetsIn demand={move.before} />} after={<LetsIn demand={move.after} />} />;
}

const DEMAND_ICONS: Readonly<Record<ServerDemand, IconName>> = {
  strict: "lock",
  permissive: "unlock",
  oneWay: "lock",
  off: "unlock",
  unknown: "help",
};

function LetsIn({ demand }: { demand: ServerDemand }) {
  return (
    <span className="flex h-[22px] items-center gap-2 rounded-[5px] bg-sunken px-2 text-12 font-medium">
      <Icon name={DEMAND_ICONS[demand]} size={12} />
      {letsInWords(demand)}
    </span>
  );
}

interface SentenceProps {
  sentence: string;
  before: ReactNode;
  after: ReactNode;
  children?: ReactNode;
}

function Sentence({ sentence, before, after, children }: SentenceProps) {
  return (
    <section className="panel p-4" aria-label="What changes">
      <p className="min-h-[46px] text-16 leading-[1.45]">
        <b className="font-semi">{sentence}</b>{" "}
        <span className="text-text-2">
          {children}
          Nothing else changes.
        </span>
      </p>
      <dl className="mt-3 grid grid-cols-[56px_1fr] items-center gap-y-1.5">
        <dt className="text-12 text-text-3">Before</dt>
        <dd>{before}</dd>
        <dt className="text-12 text-text-3">After</dt>
        <dd>{after}</dd>
      </dl>
    </section>
  );
}
