"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { changeMark } from "#components/changes/change-words.ts";
import type { ChartDot, ChartSpec } from "#components/charts/chart-spec.ts";
import { Chart } from "#components/charts/chart.tsx";
import { durationSpec } from "#components/charts/duration-spec.ts";
import { stepFor } from "#components/charts/red-lines.ts";
import { nothingDrawn } from "#components/charts/nothing-drawn.ts";
import { redSpecs } from "#components/charts/red-specs.ts";
import { useRequestDots } from "#components/charts/use-request-dots.ts";
import { cx } from "#components/ui/cx.ts";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemState } from "#components/ui/problem-state.tsx";
import { toneOfErrorRatio, TONE_TEXT } from "#components/ui/tone.ts";
import { VersionSwatch } from "#components/ui/version-swatch.tsx";
import { formatDuration, formatNumber, formatPercent, formatPercentNumber, formatRate } from "#lib/client/format.ts";
import { stretchOf } from "#lib/client/moment.ts";
import { redQuery } from "#lib/client/query-options.ts";
import { windowMs } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import { useNow } from "#lib/client/use-now.ts";
import { versionIndex, versionOrder } from "#lib/client/version-order.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";
import type { Red } from "#lib/model/red.ts";

/** Charts look back at least this far: a minute alone shows no trend. */
const SHORTEST_MS = 300_000;

export interface ServiceChartsProps {
  answer: Sourced<ServiceDetail>;
  window: string;
}

/** Requests, errors and durations over time, with its changes marked. */
export function ServiceCharts({ answer, window }: ServiceChartsProps) {
  const service = answer.value;
  const at = useAskedAt();
  const now = useNow();
  const shownMs = Math.max(windowMs(window), SHORTEST_MS);
  const request = { subject: `service:${service.id}`, step: stepFor(shownMs), ...stretchOf(shownMs, at) };
  const byVersion = useQuery(redQuery({ ...request, by: "version" }));
  const failure = useLastingError(byVersion);
  const whole = useQuery(redQuery(request));
  const { exemplars, openRequest } = useRequestDots(request.subject, shownMs);
  const names = versionOrder(service.versions.map((one) => one.version));
  const marks = service.changes
    .filter((change) => change.timings.acceptedAt !== null)
    .map((change) => ({ t: Date.parse(change.timings.acceptedAt ?? ""), label: changeMark(change) }));
  const specs = byVersion.data === undefined ? null : redSpecs(byVersion.data.value, names, { marks, isStacked: true, exemplars });
  const durations = whole.data === undefined ? null : durationSpec(whole.data.value, { marks, exemplars });
  const tone = toneOfErrorRatio(service.red.errorRatio);
  const nothing = nothingDrawn(byVersion.data, now);
  const versions = (of: (red: Red) => ReactNode) =>
    names.length < 2 ? null : (
      <span className="flex gap-2.5 text-11 text-text-2">
        {service.versions.map((one) => (
          <span key={one.version} className="inline-flex items-center gap-1">
            <VersionSwatch index={versionIndex(one.version, names)} />
            <span className="sr-only">{one.version}</span>
            {of(one.red)}
          </span>
        ))}
      </span>
    );
  if (failure !== null) {
    return (
      <section className="panel">
        <ProblemState error={failure} what="The charts" onRetry={() => void byVersion.refetch()} />
      </section>
    );
  }
  return (
    <div className="grid gap-(--gap-panel) desk:grid-cols-3">
      <ChartPanel
        title="Requests"
        aside={
          <>
            <span className="font-semi">{formatRate(service.red.rate)}</span>
            {versions((red) => formatNumber(red.rate))}
          </>
        }
        answer={byVersion.data}
        spec={specs?.rate ?? null}
        nothing={nothing}
      />
      <ChartPanel
        title="Errors"
        aside={
          <>
            <span className={cx("font-semi", tone !== null && TONE_TEXT[tone])}>{formatPercent(service.red.errorRatio)}</span>
            {versions((red) => {
              const own = toneOfErrorRatio(red.errorRatio);
              return <span className={cx(own !== null && cx("font-semi", TONE_TEXT[own]))}>{formatPercentNumber(red.errorRatio)}</span>;
            })}
          </>
        }
        badge={<span className="text-11 text-text-3">shade = 95 % range</span>}
        spec={specs?.errors ?? null}
        nothing={nothing}
        onDot={openRequest}
      />
      <ChartPanel
        title="Duration"
        aside={
          <span className="text-12 text-text-2">
            p50 <b className="font-semi text-text">{formatDuration(service.red.p50Ms)}</b> · p95{" "}
            <b className="font-semi text-text">{formatDuration(service.red.p95Ms)}</b> · p99{" "}
            <b className="font-semi text-text">{formatDuration(service.red.p99Ms)}</b>
          </span>
        }
        answer={whole.data}
        spec={durations}
        nothing={nothingDrawn(whole.data, now)}
        onDot={openRequest}
      />
    </div>
  );
}

interface ChartPanelProps {
  title: string;
  aside: ReactNode;
  answer?: Sourced<unknown> | undefined;
  badge?: ReactNode;
  spec: ChartSpec | null;
  /** Why there is nothing to draw; `null` = there is. */
  nothing: string | null;
  onDot?: (dot: ChartDot) => void;
}

function ChartPanel({ title, aside, answer, badge, spec, nothing, ...press }: ChartPanelProps) {
  return (
    <Panel title={title} aside={aside} answer={answer} badge={badge}>
      <div className="h-[208px] px-2 pb-1">
        {nothing === null ? null : <p className="px-2 py-3 text-12 text-text-2">{nothing}</p>}
        {spec === null || nothing !== null ? null : <Chart spec={spec} {...press} />}
      </div>
    </Panel>
  );
}
