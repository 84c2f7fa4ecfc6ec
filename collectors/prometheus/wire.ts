import { z } from "zod";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import { readHistogram, type NativeHistogram } from "./native-histogram.ts";
import { readNumber } from "./sample-value.ts";

/** One series of an answer. `points` are in order of time; an instant answer has one. Not finite values are left out. */
export interface WireSeries {
  labels: Readonly<Record<string, string>>;
  points: readonly WirePoint[];
}

export interface WirePoint {
  atMs: number;
  value: number;
  histogram?: NativeHistogram;
}

/** An answer as Weft takes it. */
export interface WireAnswer {
  series: WireSeries[];
  /** What the server wants its reader to know. */
  warnings: string[];
  infos: string[];
  /** Why series are missing; `null` = the answer is whole. */
  missing: "too-many-series" | "too-long" | "server-says-partial" | null;
}

/** No label of a mesh is longer: what is comes from somebody who wants to fill memory, or a page. */
const MAX_LABEL_LENGTH = 64 * 1024;
const MAX_LABELS = 256;
const MAX_MESSAGES = 20;

/** Everything but the samples, which are checked by hand: on 12,000 series of 12 labels a schema adds 75 ms to parsing, this 17 ms. */
const Envelope = z.object({
  status: z.literal("success"),
  /** A cluster of VictoriaMetrics, some of whose parts did not answer. */
  isPartial: z.boolean().optional(),
  data: z.object({ resultType: z.string(), result: z.unknown() }),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
});

/** What a server says when it could not answer. */
export const ErrorEnvelope = z.object({
  status: z.literal("error"),
  errorType: z.union([z.string(), z.number()]).optional(),
  error: z.string(),
});

/** Where one series ends and the next one begins. Quotes inside a label's value are escaped, so that no value can look like it. */
const BETWEEN = ',{"metric":';

/**
 * The samples of an answer to `query` (`vector`) or `query_range` (`matrix`); the two that hold no series are refused.
 * Errors: SOURCE_MALFORMED, whose text says what is wrong in words that end a sentence.
 */
export function readAnswer(text: string, expected: "vector" | "matrix", limits: { isCut: boolean; maxSeries: number }): Result<WireAnswer> {
  const whole = boundSeries(text, limits);
  if (whole === null) return malformed("with more than is read, in a form that cannot be cut");
  let json: unknown;
  try {
    json = JSON.parse(whole.text);
  } catch {
    return malformed("with JSON that is cut off or broken");
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return malformed(`with a wrong ${envelope.error.issues[0]?.path.join(".") || "answer"}`);
  const { data, isPartial = false, warnings, infos } = envelope.data;
  if (data.resultType !== expected) return malformed(`with a ${printable(data.resultType)} instead of a ${expected}`);
  const series = readSeries(data.result, expected);
  if (!series.ok) return series;
  return ok({
    series: series.value,
    warnings: messages(warnings),
    infos: messages(infos),
    missing: whole.missing ?? (isPartial ? "server-says-partial" : null),
  });
}

/** The text up to a number of series, or up to the last whole one; `null` = it is cut where nothing whole was before. */
function boundSeries(
  text: string,
  { isCut, maxSeries }: { isCut: boolean; maxSeries: number },
): { text: string; missing: WireAnswer["missing"] } | null {
  let seen = 1;
  for (let at = text.indexOf(BETWEEN); at >= 0; at = text.indexOf(BETWEEN, at + BETWEEN.length)) {
    if (++seen > maxSeries) return { text: `${text.slice(0, at)}]}}`, missing: "too-many-series" };
  }
  if (!isCut) return { text, missing: null };
  const last = text.lastIndexOf(BETWEEN);
  return last < 0 ? null : { text: `${text.slice(0, last)}]}}`, missing: "too-long" };
}

function readSeries(result: unknown, kind: "vector" | "matrix"): Result<WireSeries[]> {
  if (!Array.isArray(result)) return malformed("with a wrong data.result");
  const all: WireSeries[] = [];
  for (const [index, one] of result.entries()) {
    const read = isRecord(one) && isLabels(one["metric"]) ? readPoints(one, kind) : null;
    if (read === null) return malformed(`with a wrong data.result.${index}`);
    all.push({ labels: one["metric"], points: read });
  }
  return ok(all);
}

/** `null` = it is not what the interface says. */
function readPoints(series: Record<string, unknown>, kind: "vector" | "matrix"): WirePoint[] | null {
  const floats = kind === "vector" ? asList(series["value"]) : (series["values"] ?? []);
  const histograms = kind === "vector" ? asList(series["histogram"]) : (series["histograms"] ?? []);
  if (!Array.isArray(floats) || !Array.isArray(histograms)) return null;
  if (kind === "vector" && floats.length + histograms.length !== 1) return null;
  const points: WirePoint[] = [];
  for (const pair of floats as unknown[]) {
    if (!isPair(pair) || typeof pair[1] !== "string") return null;
    const value = readNumber(pair[1]);
    if (value === null) return null;
    if (Number.isFinite(value)) points.push({ atMs: pair[0] * 1_000, value });
  }
  if (histograms.length === 0) return points;
  for (const pair of histograms as unknown[]) {
    const histogram = isPair(pair) ? readHistogram(pair[1]) : undefined;
    if (!isPair(pair) || histogram === undefined) return null;
    if (histogram !== null) points.push({ atMs: pair[0] * 1_000, value: histogram.count, histogram });
  }
  return points.toSorted((a, b) => a.atMs - b.atMs);
}

function isLabels(labels: unknown): labels is Readonly<Record<string, string>> {
  if (!isRecord(labels)) return false;
  let many = 0;
  for (const name in labels) {
    const value = labels[name];
    if (typeof value !== "string" || value.length > MAX_LABEL_LENGTH || name.length > MAX_LABEL_LENGTH || ++many > MAX_LABELS) return false;
  }
  return true;
}

function isPair(pair: unknown): pair is [number, unknown] {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : [value];
}

function messages(given: readonly string[] | null | undefined): string[] {
  return (given ?? []).slice(0, MAX_MESSAGES).map(printable);
}

function malformed(what: string): { ok: false; error: WeftError } {
  return err(new WeftError("SOURCE_MALFORMED", what));
}
