"use client";

import type { ReactNode } from "react";

import { Delta, Missing } from "#components/ui/delta.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProxyCount } from "#components/ui/proxy-count.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { toneOf } from "#components/ui/tone.ts";
import { VersionSwatch } from "#components/ui/version-swatch.tsx";
import { formatCount, formatDuration, formatNumber, formatPercent, formatPercentNumber, formatPlusMinus } from "#lib/client/format.ts";
import { windowEndWords } from "#lib/client/moment.ts";
import { useAt, windowWords } from "#lib/client/search-params.ts";
import { emptyWords } from "#lib/client/unkept-words.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { ErrorShare } from "./service-columns.tsx";
import { difference, verdictWords, versionRows, type VersionRow } from "./version-rows.ts";

const HEADERS = ["Asked", "Observed", "Requests/s", "Calls", "Errors", "Error %", "p50", "p95", "p99", "Proxies"] as const;
/** What routes and proxies say: of now alone, and so nothing in a table of the past. */
const OF_NOW: readonly string[] = ["Asked", "Proxies"];

export interface VersionTableProps {
  answer: Sourced<ServiceDetail>;
  window: string;
}

/** Every version of a service side by side, and how the candidate differs. */
export function VersionTable({ answer, window }: VersionTableProps) {
  const at = useAt();
  const now = useNow();
  const isPast = at !== null;
  const rows = versionRows(answer.value);
  const baseline = rows.find((row) => row.role === "baseline");
  const candidates = rows.filter((row) => row.role === "candidate");
  return (
    <Panel
      title="Versions"
      aside={<span className="text-12 text-text-2">{windowEndWords(windowWords(window), at, now)}</span>}
      answer={answer}
    >
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-12 text-text-2">
          {isPast
            ? emptyWords(answer.notices, "No call was counted by version in this window.", now)
            : "No source tells versions of this service apart."}
        </p>
      ) : (
        <ScrollRegion label="Versions of this service" className="overflow-x-auto">
          <table className="w-full text-12">
            <caption className="sr-only">Versions, with requests, errors and durations of the window</caption>
            <thead>
              <tr className="border-b text-11 text-text-3">
                <th scope="col" className="h-7 px-2 pl-4 text-left font-medium">
                  Version
                </th>
                {HEADERS.filter((header) => !isPast || !OF_NOW.includes(header)).map((header) => (
                  <th key={header} scope="col" className="px-2 text-right font-medium whitespace-nowrap">
                    {header}
                  </th>
                ))}
                <th scope="col" className="px-2 pr-4 text-left font-medium">
                  Health
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.version} row={row} isPast={isPast} />
              ))}
              {baseline === undefined
                ? null
                : candidates.map((candidate) => (
                    <DifferenceRow
                      key={candidate.version}
                      candidate={candidate}
                      baseline={baseline}
                      isNamed={candidates.length > 1}
                      isPast={isPast}
                    />
                  ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Panel>
  );
}

function Num({ children }: { children: ReactNode }) {
  return <td className="px-2 text-right whitespace-nowrap">{children}</td>;
}

function known(value: number | null, format: (value: number) => string): ReactNode {
  return value === null ? <Missing word="no data" /> : format(value);
}

function Row({ row, isPast }: { row: VersionRow; isPast: boolean }) {
  return (
    <tr className="h-(--row-h) border-b last:border-b-0">
      <th scope="row" className="px-2 pl-4 text-left font-regular whitespace-nowrap">
        <span className="inline-flex items-center gap-[7px]">
          <VersionSwatch index={row.colorIndex} />
          <b className="font-semi">{row.version}</b> <span className="text-text-3">{row.role}</span>
        </span>
      </th>
      {isPast ? null : <Num>{row.asked === null ? <Missing word="no route asks" /> : formatShare(row.asked)}</Num>}
      <Num>{known(row.observed.share, formatPercent)}</Num>
      <Num>{known(row.red.rate, formatNumber)}</Num>
      <Num>{known(row.red.count, formatCount)}</Num>
      <Num>{known(row.red.errorCount, formatCount)}</Num>
      <Num>
        <ErrorShare ratio={row.red.errorRatio} />
      </Num>
      <Num>{known(row.red.p50Ms, formatDuration)}</Num>
      <Num>{known(row.red.p95Ms, formatDuration)}</Num>
      <Num>{known(row.red.p99Ms, formatDuration)}</Num>
      {isPast ? null : (
        <Num>
          <ProxyCount proxies={row.proxies} />
        </Num>
      )}
      <td className="px-2 pr-4 whitespace-nowrap">
        <StatusWord tone={toneOf(row.health.status)}>{row.health.status}</StatusWord>
      </td>
    </tr>
  );
}

interface DifferenceRowProps {
  candidate: VersionRow;
  baseline: VersionRow;
  isNamed: boolean;
  isPast: boolean;
}

function DifferenceRow({ candidate, baseline, isNamed, isPast }: DifferenceRowProps) {
  const isTold = candidate.verdict !== null && candidate.verdict.direction !== "none";
  return (
    <tr className="h-(--row-h) text-text-2">
      <th scope="row" className="px-2 pl-4 text-left font-regular whitespace-nowrap">
        Difference{isNamed ? ` of ${candidate.version}` : ""}
      </th>
      {isPast ? null : <Num>{null}</Num>}
      <Num>{formatPlusMinus(candidate.observed.low, candidate.observed.high)}</Num>
      <Num>{null}</Num>
      <Num>{null}</Num>
      <Num>{null}</Num>
      <Num>
        <span className="text-text">
          <Delta value={difference(candidate.red, baseline.red, "errorRatio")} format={formatPercentNumber} isStrong={isTold} />
        </span>
      </Num>
      <Num>
        <Delta value={difference(candidate.red, baseline.red, "p50Ms")} format={formatDuration} />
      </Num>
      <Num>
        <Delta value={difference(candidate.red, baseline.red, "p95Ms")} format={formatDuration} />
      </Num>
      <Num>
        <Delta value={difference(candidate.red, baseline.red, "p99Ms")} format={formatDuration} />
      </Num>
      {isPast ? null : <Num>{null}</Num>}
      <td className="px-2 pr-4 whitespace-nowrap">
        {candidate.verdict === null ? <Missing word="not compared" /> : verdictWords(candidate.verdict)}
      </td>
    </tr>
  );
}
