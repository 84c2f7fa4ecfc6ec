import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { windowMs } from "#lib/client/search-params.ts";
import { changesQuery, redQuery } from "#lib/client/query-options.ts";
import type { TimeControls } from "#lib/client/use-time-controls.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { RedChart, RedSeries } from "#lib/model/red-chart.ts";

import { stripMarks, stripPaths, type StripMark, type StripPaths, type StripScale } from "./strip-drawing.ts";
import { SPAN_MS, stretchAround } from "./strip-stretch.ts";

const STEP = "10s";

/** What the strip draws. */
export interface Strip {
  answer: Sourced<RedChart> | undefined;
  hasFailed: boolean;
  series: RedSeries | undefined;
  stepMs: number;
  scale: StripScale;
  paths: StripPaths;
  marks: readonly StripMark[];
  /** Whether the right end is the last fifteen minutes', rather than that of a stretch of the past. */
  endsNow: boolean;
}

/** Requests, errors and changes of the last fifteen minutes, or of fifteen minutes around a moment further back. */
export function useStrip({ atMs, isPaused }: Pick<TimeControls, "atMs" | "isPaused">, width: number): Strip {
  const around = stretchAround(atMs, useNow());
  const fixed = around === null ? null : { from: new Date(around.fromMs).toISOString(), to: new Date(around.toMs).toISOString() };
  const red = useQuery({
    ...redQuery({ subject: "mesh", step: STEP, ...(fixed ?? { window: `${SPAN_MS / 1_000}s` }) }),
    enabled: fixed !== null || !isPaused,
  });
  const changes = useQuery(changesQuery());
  const answer = red.data?.value;
  const series = answer?.series[0];
  const stepMs = answer?.stepMs ?? windowMs(STEP);
  const toMs = around?.toMs ?? (answer === undefined ? 0 : Date.parse(answer.window.to));
  const scale = useMemo(() => ({ from: toMs - SPAN_MS, to: toMs, width }), [toMs, width]);
  const paths = useMemo(() => stripPaths(series, stepMs, scale), [series, stepMs, scale]);
  const marks = useMemo(() => (toMs === 0 ? [] : stripMarks(changes.data?.value.items ?? [], scale)), [changes.data, scale, toMs]);
  return { answer: red.data, hasFailed: red.isError, series, stepMs, scale, paths, marks, endsNow: around === null };
}
