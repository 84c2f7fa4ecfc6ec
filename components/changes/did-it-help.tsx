"use client";

import { Chart } from "#components/charts/chart.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { VersionName } from "#components/ui/version-swatch.tsx";
import { useHref } from "#lib/client/use-href.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import { versionOrder } from "#lib/client/version-order.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { movedShareOf } from "./change-words.ts";
import { effectEvidence, effectSentence } from "./before-after.ts";
import { errorsSpec, shareSpec, type EffectLook } from "./effect-specs.ts";
import type { Review } from "./review.ts";
import { useEffectOf } from "./use-effect-of.ts";

function lookOf(review: Review, atMs: number | null): EffectLook {
  const moved = review.legs.filter((leg) => leg.before.share !== leg.after.share && leg.version !== null);
  const told = moved.toSorted((a, b) => a.before.share - b.before.share)[0];
  return {
    atMs,
    label: told === undefined ? "" : `${told.version ?? ""} → ${formatShare(told.after.share)}`,
    versions: versionOrder(review.legs.map((leg) => leg.version)),
    told:
      told === undefined || told.version === null ? null : { version: told.version, before: told.before.share, after: told.after.share },
  };
}

/** Errors and shares of the target before and after the change, and what a test says of the difference. */
export function DidItHelp({ review }: { review: Review }) {
  const hrefTo = useHref();
  const { red, effect, at, isCounting } = useEffectOf(review.target, review.change, movedShareOf(review.legs));
  const failure = useLastingError(red);
  const look = lookOf(review, at);
  const share = red.data === undefined ? null : shareSpec(red.data.value, look);
  const { service } = parseNodeId(review.target);
  return (
    <Panel
      title={at === null ? `Errors of ${service} now` : "Did it help?"}
      className="flex-1"
      aside={
        <span className="flex gap-2.5 pl-1 text-11 text-text-3">
          {look.versions.map((version, index) => (
            <VersionName key={version} index={index} version={version} />
          ))}
        </span>
      }
      badge={<SourceBadge answer={red.data} />}
    >
      <div className="px-4 pb-2">
        <StaleLine error={red.data === undefined ? null : red.error} what="This comparison" />
        <VerdictLine
          evidence={
            effect === null ? undefined : (
              <EvidenceLink href={hrefTo("/service", { id: review.target })}>{effectEvidence(effect)}</EvidenceLink>
            )
          }
          className="min-h-[68px]"
        >
          {at === null
            ? "Nothing is written yet: this is what there is to compare with"
            : effect === null
              ? "Counting"
              : effectSentence(effect, isCounting)}
        </VerdictLine>
      </div>
      {failure !== null ? <ProblemState error={failure} what="The errors" onRetry={() => void red.refetch()} /> : null}
      <div className="px-4 pt-1">
        <p className="mb-0.5 text-11 text-text-3">Errors per 10 s</p>
        <div className="h-[190px]">{red.data === undefined ? null : <Chart spec={errorsSpec(red.data.value, look)} />}</div>
      </div>
      <div className="px-4 pb-3 pt-2">
        <p className="mb-0.5 text-11 text-text-3">
          {look.told === null ? "Share of calls" : `Share of calls to ${look.told.version}`}: dashed = asked, line = observed
        </p>
        <div className="h-[92px]">{share === null ? null : <Chart spec={share} />}</div>
      </div>
    </Panel>
  );
}
