import { formatClock, formatDuration, instantMs } from "#lib/client/format.ts";
import type { Exemplar } from "#lib/model/trace.ts";

import type { ChartDot } from "./chart-spec.ts";

/** Requests as dots of a chart; those outside its times are left out. */
export function requestDots(
  exemplars: readonly Exemplar[],
  domain: readonly [number, number],
  valueOf: (exemplar: Exemplar) => number,
): ChartDot[] {
  return exemplars.flatMap((one) => {
    const t = instantMs(one.at);
    if (t === null || t < domain[0] || t > domain[1]) return [];
    const version = one.version === null ? "" : `${one.version}, `;
    const label = `${version}${formatDuration(one.durationMs)}${one.isError ? ", failed" : ""} at ${formatClock(t)}: open its trace`;
    return [{ key: `${one.traceId} ${one.spanId}`, t, value: valueOf(one), isError: one.isError, label }];
  });
}

/** The request that a dot stands for, as the trace page's address wants it. */
export function requestOf(key: string): { id: string; span: string } {
  const [id = "", span = ""] = key.split(" ");
  return { id, span };
}
