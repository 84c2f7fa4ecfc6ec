"use client";

import { useState } from "react";

import { VersionName } from "#components/ui/version-swatch.tsx";
import { asSentence, MISSING, formatPercent, formatPlusMinus } from "#lib/client/format.ts";
import { versionIndex } from "#lib/client/version-order.ts";
import type { Route, RouteRule, SplitLeg } from "#lib/model/routing.ts";
import { sharesOf } from "#lib/routing/apportion.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { addSteps, draftWeights, legName, MOST_SLIDER_LEGS, ruleWeights, setPercent, toDraft, totalOf, type Weights } from "./draft.ts";
import { PresetRow } from "./preset-row.tsx";
import { SplitSlider } from "./split-slider.tsx";
import { moveSentence } from "./split-words.ts";
import { Stepper } from "./stepper.tsx";

/** Share of the calls that a leg really got, with its interval; `null` while it is not known. */
export interface ObservedShare {
  legId: string;
  share: number | null;
  low: number | null;
  high: number | null;
}

export interface SplitEditorProps {
  route: Route;
  rule: RouteRule;
  observed?: readonly ObservedShare[];
  /** Requests per second that the rule splits; `null` while it is not known. */
  rate?: number | null;
  /** Why nothing can be changed now; `null` when it can. */
  disabledReason: string | null;
  /** Weights by leg id that the reader is thinking about; `null` = as asked. Dragging only drafts. */
  draft: Weights | null;
  onDraft: (draft: Weights | null) => void;
}

/** Asked, observed and drafted shares of a rule's versions, and four ways to move them. Nothing is written here. */
export function SplitEditor({ route, rule, observed = [], rate = null, disabledReason, draft, onDraft }: SplitEditorProps) {
  const [touched, setTouched] = useState<string | null>(null);
  const { legs } = rule;
  const reason = whyClosed(route, rule) ?? disabledReason;
  const isDisabled = reason !== null;
  if (legs.length < 2) {
    return (
      <p className="text-12 text-text-2">All calls go to {legs.map(legName).join("")}: there is no second version to share them with.</p>
    );
  }
  const asked = ruleWeights(legs);
  const weights = draftWeights(legs, draft);
  const shares = sharesOf(weights);
  const versions = legs.map((leg) => leg.version);
  const colorOf = (leg: SplitLeg) => versionIndex(leg.version, versions);
  const touchedAt = legs.findIndex((leg) => leg.id === touched);
  const presetAt = touchedAt < 0 ? legs.length - 1 : touchedAt;
  const presetLeg = legs[presetAt];
  const put = (next: number[], leg: SplitLeg | undefined) => {
    if (leg !== undefined) setTouched(leg.id);
    onDraft(toDraft(legs, next));
  };

  return (
    <div className="flex flex-col gap-3">
      <table className="w-full border-collapse text-12">
        <thead>
          <tr className="text-11 text-text-3">
            <th scope="col" className="pb-1 text-left font-medium">
              Version
            </th>
            <th scope="col" className="pb-1 text-right font-medium">
              Asked
            </th>
            <th scope="col" className="pb-1 text-right font-medium">
              Observed
            </th>
            <th scope="col" className="w-[132px] pb-1 text-right font-medium">
              Draft
            </th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg, index) => (
            <tr key={leg.id}>
              <th scope="row" className="text-left font-regular">
                <VersionName index={colorOf(leg)} version={legName(leg)} />
              </th>
              <td className="text-right">{formatShare(leg.share)}</td>
              <td className="text-right">
                <Observed share={observed.find((one) => one.legId === leg.id)} />
              </td>
              <td className="h-[38px] pl-2 text-right pointer-coarse:h-[52px]">
                <Stepper
                  name={legName(leg)}
                  share={shares[index] ?? 0}
                  isDisabled={isDisabled}
                  onPercent={(percent) => put(setPercent(weights, index, percent), leg)}
                  onStep={(steps) => put(addSteps(weights, index, steps), leg)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {legs.length > MOST_SLIDER_LEGS ? null : (
        <SplitSlider
          legs={legs.map((leg) => ({ name: legName(leg), colorIndex: colorOf(leg) }))}
          weights={weights}
          asked={asked}
          isDisabled={isDisabled}
          onWeights={(next) => put(next, undefined)}
        />
      )}
      {presetLeg === undefined ? null : (
        <PresetRow
          name={legName(presetLeg)}
          total={totalOf(asked)}
          draft={shares[presetAt] ?? 0}
          asked={presetLeg.share}
          isDisabled={isDisabled}
          onPercent={(percent) => put(setPercent(weights, presetAt, percent), presetLeg)}
        />
      )}
      <p className="min-h-9 text-12 text-text-2">
        {(reason === null ? null : asSentence(reason)) ??
          moveSentence(rule, weights, rate) ??
          "Move a share to draft a change; nothing is written before you have reviewed it."}
      </p>
    </div>
  );
}

/** Why this rule cannot be steered, whoever asks. */
function whyClosed(route: Route, rule: RouteRule): string | null {
  if (route.problem !== null) return route.problem;
  return rule.editable ? null : (rule.reason ?? "This rule cannot be changed from here.");
}

function Observed({ share }: { share: ObservedShare | undefined }) {
  if (share === undefined || share.share === null) {
    return (
      <span className="text-text-3">
        <span aria-hidden="true">{MISSING}</span>
        <span className="sr-only">not observed yet</span>
      </span>
    );
  }
  return (
    <>
      {formatPercent(share.share)} <span className="text-text-3">{formatPlusMinus(share.low, share.high)}</span>
    </>
  );
}
