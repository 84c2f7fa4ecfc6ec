import { formatAge, formatDuration, formatQuantity, instantMs } from "#lib/client/format.ts";
import type { Provenance, Sourced } from "#lib/model/evidence.ts";

/** How a badge's mark is drawn: complete and fresh, something missing, old, or nobody to ask. */
export function badgeTone(answer: Sourced<unknown>): "fresh" | "partial" | "stale" | "unasked" {
  if (answer.coverage !== "complete") return answer.coverage;
  return answer.provenance.length === 0 ? "unasked" : "fresh";
}

const MOST_NAMED = 2;

export interface BadgeText {
  /** `proxies`; several: each name once. */
  sources: string;
  /** `2 s`, `2 s, partly`: the oldest age, and what is the matter; empty where neither is known. */
  state: string;
}

export function badgeText(answer: Sourced<unknown>, now: number): BadgeText {
  const names = [...new Set(answer.provenance.map((origin) => origin.source))];
  const shown = names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ` +${names.length - MOST_NAMED}` : "");
  const seen = answer.provenance.map((origin) => instantMs(origin.observedAt)).filter((ms) => ms !== null);
  const age = seen.length === 0 ? "" : formatAge(now - Math.min(...seen));
  const suffix = answer.coverage === "complete" ? "" : answer.coverage === "partial" ? ", partly" : ", stale";
  return { sources: shown === "" ? "no source" : shown, state: `${age}${suffix}`.replace(/^, /, "") };
}

/** What all questions behind a panel cost, `7 questions: 8,431 series, 0.45 s at the longest`; `null` where no source tells. */
export function costWords(origins: readonly Provenance[]): string | null {
  const costs = origins.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  if (costs.length === 0) return null;
  const series = costs.reduce((sum, cost) => sum + cost.series, 0);
  const longestMs = Math.max(...costs.map(({ ms }) => ms));
  return `${formatQuantity(costs.length, "question")}: ${formatQuantity(series, "series", "series")}, ${formatDuration(longestMs)} at the longest`;
}
