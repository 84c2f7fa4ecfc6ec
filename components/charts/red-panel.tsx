"use client";

import { useQuery } from "@tanstack/react-query";

import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { toneOfErrorRatio, TONE_TEXT } from "#components/ui/tone.ts";
import { VersionName, VersionSwatch } from "#components/ui/version-swatch.tsx";
import { cx } from "#components/ui/cx.ts";
import { formatDuration, formatNumber, formatPercent } from "#lib/client/format.ts";
import { stretchOf, windowEndWords } from "#lib/client/moment.ts";
import { redQuery } from "#lib/client/query-options.ts";
import { windowMs } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import { useNow } from "#lib/client/use-now.ts";
import { versionIndex, versionOrder } from "#lib/client/version-order.ts";
import type { Red } from "#lib/model/red.ts";

import type { ChartMark } from "./chart-spec.ts";
import { Chart } from "./chart.tsx";
import { nothingDrawn } from "./nothing-drawn.ts";
import { redSpecs } from "./red-specs.ts";
import { stepFor } from "./red-lines.ts";
import { useRequestDots } from "./use-request-dots.ts";
import { VolumeCharts } from "./volume-charts.tsx";

/** Charts look back at least this far: a minute alone shows no trend. */
const SHORTEST_MS = 300_000;

export interface RedPanelProps {
  /** `mesh`, `service:<id>` or `edge:<id>`. */
  subject: string;
  /** The view's window, as in the address. */
  window: string;
  /** The window's numbers per version, shown beside the charts' names. */
  versions: readonly { version: string | null; red: Red }[];
  marks?: readonly ChartMark[];
  /** TCP has connections in place of requests, and no durations. */
  isTcp?: boolean;
}

/** Requests, errors and p95 of each version, three small charts one above the other; below them what travelled, where that is told. */
export function RedPanel({ subject, window, versions, marks = [], isTcp = false }: RedPanelProps) {
  const at = useAskedAt();
  const shownMs = Math.max(windowMs(window), SHORTEST_MS);
  const red = useQuery(redQuery({ subject, step: stepFor(shownMs), by: "version", ...stretchOf(shownMs, at) }));
  const now = useNow();
  const nothing = nothingDrawn(red.data, now);
  const { exemplars, openRequest } = useRequestDots(subject, shownMs);
  const failure = useLastingError(red);
  const names = versionOrder(versions.map((one) => one.version));
  const specs = red.data === undefined ? null : redSpecs(red.data.value, names, { marks, isCompact: true, exemplars });
  const rows = [
    { title: isTcp ? "Connections /s" : "Requests /s", spec: specs?.rate, of: (one: Red) => formatNumber(one.rate), toneOf: () => null },
    {
      title: "Errors",
      spec: specs?.errors,
      of: (one: Red) => formatPercent(one.errorRatio),
      toneOf: (one: Red) => toneOfErrorRatio(one.errorRatio),
    },
    ...(isTcp ? [] : [{ title: "Duration p95", spec: specs?.p95, of: (one: Red) => formatDuration(one.p95Ms), toneOf: () => null }]),
  ] as const;
  if (failure !== null) return <ProblemState error={failure} what="The charts" onRetry={() => void red.refetch()} />;
  return (
    <div className="grid gap-2">
      <StaleLine error={red.error} what="The chart" />
      {rows.map((row, index) => (
        <div key={row.title}>
          <div className="flex h-5 items-center gap-3 text-12">
            <span className="flex-1 text-text-3">{row.title}</span>
            {versions.map((one) => {
              const tone = row.toneOf(one.red);
              return (
                <span
                  key={one.version}
                  className={cx("inline-flex items-center gap-1.5", tone !== null && cx("font-semi", TONE_TEXT[tone]))}
                >
                  <VersionSwatch index={versionIndex(one.version, names)} />
                  <span className="sr-only">{one.version ?? "no version"} </span>
                  {row.of(one.red)}
                </span>
              );
            })}
          </div>
          <div className="h-[58px]">
            {nothing !== null && index === 0 ? <p className="line-clamp-3 text-12 text-text-3">{nothing}</p> : null}
            {nothing !== null || row.spec === undefined ? null : <Chart spec={row.spec} onDot={openRequest} />}
          </div>
        </div>
      ))}
      {red.data === undefined ? null : <VolumeCharts chart={red.data.value} />}
      <div className="flex min-h-6 items-center gap-3 text-11 text-text-3">
        {names.map((name, index) => (
          <VersionName key={name} index={index} version={name} />
        ))}
        <span>{windowEndWords(`${Math.round(shownMs / 60_000)} min`, at, now)}</span>
        <span className="flex-1" />
        <SourceBadge answer={red.data} />
      </div>
    </div>
  );
}
