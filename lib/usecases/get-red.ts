import type { Sourced } from "#lib/model/evidence.ts";
import { mapSourced } from "#lib/model/evidence.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { byName } from "#lib/model/name-order.ts";
import type { EdgeTraffic, TimeWindow, TrafficSelect, Volume } from "#lib/model/red.ts";
import type { RedChart, RedSeries, VolumeSeries } from "#lib/model/red-chart.ts";
import type { TrafficRow, TrafficSteps } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC, sumTraffic, toRed } from "#lib/red/traffic.ts";
import { untoldSteps } from "#lib/red/untold-steps.ts";

import type { CallContext } from "./context.ts";
import { WITH_A_SOURCE } from "./get-graph.ts";
import { readSubject } from "./read-subject.ts";
import { liveWindow } from "./window.ts";

/** More steps than this are not drawn by anyone and would only cost. */
const MOST_STEPS = 2_000;

export interface GetRedInput {
  /** `mesh`, `service:<node id>` or `edge:<edge id>`. */
  subject: string;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  windowMs: number;
  stepMs: number;
  by?: "version" | undefined;
}

/** Name of the line that holds everything, and of the part whose version is not told. */
const ALL = "all";
const UNTOLD = "unknown";

function selectFor(text: string): Result<TrafficSelect> {
  if (text === "mesh") return ok({});
  const subject = readSubject(text);
  if (!subject.ok) return subject;
  if (subject.value.kind === "service") return ok({ targets: [subject.value.id] });
  const { source, target, protocol } = subject.value;
  return ok({ sources: [source], targets: [target], protocol });
}

function groupOf(row: TrafficRow, by: GetRedInput["by"]): string {
  return by === "version" ? (row.key.version ?? UNTOLD) : ALL;
}

function toLine(group: string, answer: TrafficSteps, source: string, by: GetRedInput["by"]): RedSeries {
  const line: RedSeries = { group, t: [], rate: [], errorRatio: [], errorCount: [], count: [], p50Ms: [], p95Ms: [], p99Ms: [] };
  const traffic = answer.steps.map((step) => sumTraffic(step.rows.filter((row) => groupOf(row, by) === group).map((row) => row.traffic)));
  const untold = untoldSteps(
    traffic.map(({ count }) => count),
    traffic.map(({ callerCount }) => callerCount),
  );
  for (const [index, step] of answer.steps.entries()) {
    line.t.push(step.toMs);
    const red = step.isReported && untold[index] === false ? toRed(traffic[index] ?? NO_TRAFFIC, step, source) : null;
    line.rate.push(red?.rate ?? null);
    line.errorRatio.push(red?.errorRatio ?? null);
    line.errorCount.push(red?.errorCount ?? null);
    line.count.push(red?.count ?? null);
    line.p50Ms.push(red?.p50Ms ?? null);
    line.p95Ms.push(red?.p95Ms ?? null);
    line.p99Ms.push(red?.p99Ms ?? null);
  }
  const volumes = traffic.map(({ volume }) => volume);
  return volumes.some((volume) => volume !== undefined) ? { ...line, volume: toVolume(volumes, answer.stepMs) } : line;
}

function toVolume(volumes: readonly EdgeTraffic["volume"][], stepMs: number): VolumeSeries {
  const perSecond = (part: keyof Volume) =>
    volumes.map((volume) => {
      const told = volume?.[part] ?? null;
      return told === null ? null : (told * 1_000) / stepMs;
    });
  return {
    sentBytes: perSecond("sentBytes"),
    receivedBytes: perSecond("receivedBytes"),
    sentMessages: perSecond("sentMessages"),
    receivedMessages: perSecond("receivedMessages"),
  };
}

/** RED over time for a subject. Errors: INVALID for a subject that is none, a window that ends before it starts, and too many steps. */
export async function getRed(context: CallContext, input: GetRedInput): Promise<Result<Sourced<RedChart>>> {
  const { metrics } = context.sources;
  if (metrics === null) {
    return err(
      new WeftError("UNSUPPORTED", "No source of metrics is configured", {
        mend: WITH_A_SOURCE,
      }),
    );
  }
  const select = selectFor(input.subject);
  if (!select.ok) return select;
  const live = liveWindow(context.clock, input.windowMs, input.toMs);
  const window: TimeWindow = { fromMs: input.fromMs ?? live.fromMs, toMs: live.toMs };
  if (window.fromMs >= window.toMs) {
    return err(
      new WeftError("INVALID", "The window ends before it starts", { field: "from", mend: "Give a from that is earlier than to" }),
    );
  }
  if ((window.toMs - window.fromMs) / input.stepMs > MOST_STEPS) {
    return err(
      new WeftError("INVALID", `More than ${MOST_STEPS} steps`, { field: "step", mend: "Ask for a longer step or a shorter window" }),
    );
  }
  // A longer step than the window would be of another stretch.
  const stepMs = Math.min(input.stepMs, window.toMs - window.fromMs);
  const answer = await metrics.trafficSteps(window, stepMs, select.value, context.signal);
  if (!answer.ok) return answer;
  return ok(
    mapSourced(answer.value, (steps) => {
      const met = new Set(steps.steps.flatMap((step) => step.rows.map((row) => groupOf(row, input.by))));
      const groups = met.size === 0 ? [ALL] : [...met].toSorted(byName);
      return {
        subject: input.subject,
        window: { from: new Date(steps.window.fromMs).toISOString(), to: new Date(steps.window.toMs).toISOString() },
        stepMs: steps.stepMs,
        series: groups.map((group) => toLine(group, steps, metrics.id, input.by)),
      };
    }),
  );
}
