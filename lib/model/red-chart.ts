import { z } from "zod";

const PerSecond = z.array(z.number().nullable());

/** Bytes and messages per second: `sent` from the caller to its target, `received` back. All gaps = not told. */
export const VolumeSeries = z.object({
  sentBytes: PerSecond,
  receivedBytes: PerSecond,
  sentMessages: PerSecond,
  receivedMessages: PerSecond,
});
export type VolumeSeries = z.infer<typeof VolumeSeries>;

/** One line of a chart. All arrays have one length; `t` is the end of each step, epoch ms; gaps are `null`. */
export const RedSeries = z.object({
  group: z.string(),
  t: z.array(z.number()),
  rate: z.array(z.number().nullable()),
  errorRatio: z.array(z.number().nullable()),
  errorCount: z.array(z.number().int().nullable()),
  count: z.array(z.number().int().nullable()),
  p50Ms: z.array(z.number().nullable()),
  p95Ms: z.array(z.number().nullable()),
  p99Ms: z.array(z.number().nullable()),
  /** Left out where no source tells of it. */
  volume: VolumeSeries.optional(),
});
export type RedSeries = z.infer<typeof RedSeries>;

/** RED over time of one subject (`mesh`, `service:<id>`, `edge:<id>`), a line per group. */
export const RedChart = z.object({
  subject: z.string(),
  window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  stepMs: z.number(),
  series: z.array(RedSeries),
});
export type RedChart = z.infer<typeof RedChart>;
