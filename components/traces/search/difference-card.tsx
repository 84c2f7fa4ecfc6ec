"use client";

import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { formatCount, formatPercent, MISSING } from "#lib/client/format.ts";
import type { Difference, Differences } from "#lib/model/trace.ts";

import { propertyWords, valueShares, type ValueShares } from "./difference-words.ts";
import { ServiceTick } from "./service-ticks.tsx";

const SHOWN_VALUES = 5;

export interface DifferenceCardProps {
  difference: Difference;
  differences: Pick<Differences, "selection" | "rest">;
  /** Its place in the ranking, from 1. */
  rank: number;
  onPress: (value: string) => void;
}

/** One property: each of its values with its share of the selection above its share of the rest. */
export function DifferenceCard({ difference, differences, rank, onPress }: DifferenceCardProps) {
  const values = valueShares(difference, differences);
  const rest = values.length - SHOWN_VALUES;
  return (
    <li className="min-w-0">
      <h3 className="mb-1 flex items-center gap-1.5 text-12 font-semi">
        <span className="text-text-3">{rank}</span>
        {difference.service === null ? null : (
          <>
            <ServiceTick service={difference.service} />
            <ForeignText text={difference.service} className="text-text-2" />
          </>
        )}
        <ForeignText text={difference.key} className="min-w-0 truncate font-mono" />
      </h3>
      <ul className="grid gap-0.5">
        {values.slice(0, SHOWN_VALUES).map((one) => (
          <li key={one.value}>
            <ValueRow of={propertyWords(difference)} shares={one} onPress={() => onPress(one.value)} />
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="text-11 text-text-3">{formatCount(rest)} more values differ less</p> : null}
    </li>
  );
}

function percent(share: number | null): string {
  return share === null ? MISSING : formatPercent(share);
}

/** A value, its two bars on one scale of 0 to 100 %, and the numbers behind them. */
function ValueRow({ of, shares, onPress }: { of: string; shares: ValueShares; onPress: () => void }) {
  const { value, inSelection, inRest, selectionShare, restShare } = shares;
  return (
    <button
      type="button"
      onClick={onPress}
      className="-mx-1.5 grid w-[calc(100%+12px)] grid-cols-[minmax(0,1fr)_minmax(72px,1.2fr)_112px] items-center gap-2 rounded-1 px-1.5 py-0.5 text-left text-12 hover:bg-hover pointer-coarse:min-h-11"
    >
      <span className="sr-only">Ask for {of} =</span>
      <ForeignText
        text={value === "" ? "(empty)" : value}
        className={cx("truncate font-mono text-11", value === "" && "text-text-3")}
        title={value}
      />
      <span aria-hidden="true" className="grid gap-px">
        <Bar share={selectionShare} className="bg-info" />
        <Bar share={restShare} className="bg-spark" />
      </span>
      <span className="grid text-right text-11 leading-[14px]">
        <span>
          <span className="sr-only">selection </span>
          {percent(selectionShare)} <span className="text-text-3">n {formatCount(inSelection)}</span>
        </span>
        <span className="text-text-2">
          <span className="sr-only">rest </span>
          {percent(restShare)} <span className="text-text-3">n {formatCount(inRest)}</span>
        </span>
      </span>
    </button>
  );
}

/** Never shorter than a hair where there is anything, and nothing where there is nothing. */
function Bar({ share, className }: { share: number | null; className: string }) {
  return (
    <span className="block h-[7px] rounded-[2px] bg-sunken">
      {share === null || share === 0 ? null : (
        <span className={cx("block h-full min-w-px rounded-[2px]", className)} style={{ width: `${Math.min(1, share) * 100}%` }} />
      )}
    </span>
  );
}
