import type { EdgeTraffic, TimeWindow } from "#lib/model/red.ts";
import type { Verdict, VerdictWord } from "#lib/model/verdict.ts";
import { histogramTotal, quantileMs } from "#lib/red/histogram.ts";

import { compareDurations } from "./mann-whitney.ts";
import { newcombeInterval, twoProportionP, Z_95 } from "./proportions.ts";

/** Under this many calls on either side there is no verdict. */
export const FEWEST_CALLS = 100;
/** Differences of error shares up to this many points are never called a difference: they would not matter. */
const SMALLEST_DIFFERENCE = 0.005;
/** A latency difference must also matter: p95 apart by a tenth or more. */
const SMALLEST_P95_FACTOR = 1.1;
const LIKELY_P = 0.01;
const VERY_LIKELY_P = 0.001;

export interface VersionSample {
  version: string;
  traffic: EdgeTraffic;
}

function wordFor(p: number, matters: boolean): VerdictWord {
  if (!matters || p >= LIKELY_P) return "no-difference";
  return p < VERY_LIKELY_P ? "very-likely" : "likely";
}

/** Never "0 %" for some, never "100 %" for less than all. */
function percent(ratio: number): string {
  const value = ratio * 100;
  if (ratio === 0 || ratio === 1) return `${value} %`;
  if (value < 0.05) return "under 0.1 %";
  if (value >= 99.5) return "over 99 %";
  return `${value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** 1840 -> "1,840". */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

const WORD_TEXT: Record<VerdictWord, string> = {
  "too-few": "too few calls to tell",
  "no-difference": "no difference seen",
  likely: "likely",
  "very-likely": "very likely",
};

interface LatencyVerdict {
  value: Verdict["latency"];
  direction: Verdict["direction"];
}

function judgeLatency(candidate: EdgeTraffic, baseline: EdgeTraffic): LatencyVerdict {
  const a = candidate.latency;
  const b = baseline.latency;
  const candidateP95Ms = a && quantileMs(a, 0.95);
  const baselineP95Ms = b && quantileMs(b, 0.95);
  const none = { candidateP95Ms, baselineP95Ms, slowerShare: null, p: null };
  if (!a || !b || histogramTotal(a) < FEWEST_CALLS || histogramTotal(b) < FEWEST_CALLS) {
    return { value: { ...none, word: "too-few" }, direction: "none" };
  }
  const comparison = compareDurations(a, b);
  if (comparison === null || candidateP95Ms === null || baselineP95Ms === null) {
    return { value: { ...none, word: "too-few" }, direction: "none" };
  }
  const isSlower = comparison.slowerShare > 0.5;
  const [slow, fast] = isSlower ? [candidateP95Ms, baselineP95Ms] : [baselineP95Ms, candidateP95Ms];
  const word = wordFor(comparison.p, slow >= fast * SMALLEST_P95_FACTOR);
  return {
    value: { candidateP95Ms, baselineP95Ms, slowerShare: comparison.slowerShare, p: comparison.p, word },
    direction: word === "no-difference" ? "none" : isSlower ? "worse" : "better",
  };
}

/**
 * The traffic that a verdict may look at: repeated looks raise false alarms, so a verdict is taken only when the smaller
 * side has reached 100, 200, 400 ... calls. Answers the newest such milestone for n calls; 0 = none yet.
 */
export function milestone(n: number): number {
  if (n < FEWEST_CALLS) return 0;
  return FEWEST_CALLS * 2 ** Math.floor(Math.log2(n / FEWEST_CALLS));
}

/**
 * Judges a candidate version against the baseline over the same window: error shares by the two-proportion test with
 * the Newcombe interval, durations by Mann-Whitney on bucket counts. Says "too few calls" under 100 calls on a side.
 */
export function judgeVersions(candidate: VersionSample, baseline: VersionSample, window: TimeWindow): Verdict {
  const { count: na, errorCount: ka } = candidate.traffic;
  const { count: nb, errorCount: kb } = baseline.traffic;
  const hasBoth = na > 0 && nb > 0;
  const ratioA = na > 0 ? ka / na : null;
  const ratioB = nb > 0 ? kb / nb : null;
  const difference = ratioA === null || ratioB === null ? null : { value: ratioA - ratioB, ...newcombeInterval(ka, na, kb, nb, Z_95) };
  const p = hasBoth ? twoProportionP(ka, na, kb, nb) : null;
  const errors: Verdict["errors"] = {
    candidate: { n: na, errors: ka, ratio: ratioA },
    baseline: { n: nb, errors: kb, ratio: ratioB },
    difference,
    p,
  };
  const errorWord = judgeErrors(errors);
  const latency = judgeLatency(candidate.traffic, baseline.traffic);

  const errorsDiffer = errorWord === "likely" || errorWord === "very-likely";
  const speaksOfLatency = !errorsDiffer && latency.direction !== "none" && errorWord !== "too-few";
  const word = speaksOfLatency ? latency.value.word : errorWord;
  const direction: Verdict["direction"] = errorsDiffer
    ? (difference?.value ?? 0) > 0
      ? "worse"
      : "better"
    : speaksOfLatency
      ? latency.direction
      : "none";

  const judged = {
    candidate: candidate.version,
    baseline: baseline.version,
    word,
    direction,
    errors,
    latency: latency.value,
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
  };
  return { ...judged, sentence: sentenceOf(judged, speaksOfLatency ? "latency" : "errors") };
}

function judgeErrors({ candidate, baseline, difference, p }: Verdict["errors"]): VerdictWord {
  if (Math.min(candidate.n, baseline.n) < FEWEST_CALLS || p === null || difference === null) return "too-few";
  return wordFor(p, Math.abs(difference.value) > SMALLEST_DIFFERENCE);
}

/** What a verdict's word is about: a difference of durations is told only where errors do not differ. */
export type VerdictSubject = "errors" | "latency";

export function subjectOf(verdict: Verdict): VerdictSubject {
  const errorWord = judgeErrors(verdict.errors);
  return errorWord === "no-difference" && verdict.direction !== "none" ? "latency" : "errors";
}

/** The sentence of a verdict about one subject: its word, and the figures that belong to it. */
export function sentenceOf(verdict: Omit<Verdict, "sentence">, subject: VerdictSubject): string {
  const { candidate, baseline, errors, latency, word, direction } = verdict;
  const n = grouped(errors.candidate.n);
  const [ratioA, ratioB] = [errors.candidate.ratio, errors.baseline.ratio];
  if (ratioA === null) return `${candidate} got no calls, so there is nothing to compare`;
  if (ratioB === null) return `${candidate} fails ${percent(ratioA)} of calls, n = ${n}; ${baseline} got none to compare with`;
  if (subject === "latency" && latency.candidateP95Ms !== null && latency.baselineP95Ms !== null) {
    const pace = direction === "worse" ? "slower" : "faster";
    return `${candidate} takes p95 ${Math.round(latency.candidateP95Ms)} ms, ${baseline} ${Math.round(latency.baselineP95Ms)} ms, n = ${n}: ${WORD_TEXT[word]} ${pace}`;
  }
  const ending = direction === "none" ? WORD_TEXT[word] : `${WORD_TEXT[word]} ${direction}`;
  return `${candidate} fails ${percent(ratioA)} of calls, ${baseline} ${percent(ratioB)}, n = ${n}: ${ending}`;
}
