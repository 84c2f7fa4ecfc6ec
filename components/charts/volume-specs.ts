import { formatAxisNumber, formatBytes, formatNumber } from "#lib/client/format.ts";
import type { RedChart, VolumeSeries } from "#lib/model/red-chart.ts";

import type { ChartSeries, ChartSpec } from "./chart-spec.ts";
import { timeFrame } from "./red-specs.ts";
import { valueTicks } from "./ticks.ts";

/** A chart of what went to the callee and what came back, with the mean of each over the whole stretch. */
export interface VolumeSpec {
  title: string;
  spec: ChartSpec;
  /** Per second; `null` = not told. */
  sent: number | null;
  received: number | null;
}

interface Part {
  title: string;
  label: string;
  sent: keyof VolumeSeries;
  received: keyof VolumeSeries;
  format: (value: number) => string;
  formatTick: (value: number) => string;
}

const PARTS: readonly Part[] = [
  {
    title: "Bytes /s",
    label: "Bytes per second",
    sent: "sentBytes",
    received: "receivedBytes",
    format: formatBytes,
    formatTick: formatBytes,
  },
  {
    title: "Messages /s",
    label: "Messages per second",
    sent: "sentMessages",
    received: "receivedMessages",
    format: formatNumber,
    formatTick: formatAxisNumber,
  },
];

type Values = readonly (number | null)[];

function sumOver(chart: RedChart, part: keyof VolumeSeries): Values {
  const lines = chart.series.flatMap(({ volume }) => (volume === undefined ? [] : [volume[part]]));
  const length = Math.max(0, ...lines.map((line) => line.length));
  return Array.from({ length }, (_, index) => {
    const known = lines.flatMap((line) => line[index] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

function meanOf(values: Values): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function line(key: string, name: string, values: Values, dash?: string): ChartSeries {
  return { key, name, color: "var(--text-2)", kind: "line", values, dash, hasEndDot: true };
}

/** Charts of bytes and of messages, both ways, all versions together; only those of which a source tells. */
export function volumeSpecs(chart: RedChart): VolumeSpec[] {
  return PARTS.flatMap(({ title, label, format, formatTick, ...part }) => {
    const sent = sumOver(chart, part.sent);
    const received = sumOver(chart, part.received);
    const known = [...sent, ...received].filter((value) => value !== null);
    if (known.length === 0) return [];
    const spec: ChartSpec = {
      ...timeFrame(chart, { isCompact: true }),
      t: chart.series[0]?.t ?? [],
      label: `${label}, sent and received`,
      series: [line("sent", "sent", sent), line("received", "received", received, "4 3")],
      ticks: valueTicks(Math.max(...known), 2),
      format,
      formatTick,
    };
    return [{ title, spec, sent: meanOf(sent), received: meanOf(received) }];
  });
}
