import type { Health, HealthStatus } from "#lib/model/graph.ts";

/** Error shares (0 to 1) from which a service counts as degraded or failing. */
export interface HealthLimits {
  degradedRatio: number;
  failingRatio: number;
}

/** The house default; per-service limits override it. */
export const DEFAULT_LIMITS: HealthLimits = { degradedRatio: 0.005, failingRatio: 0.02 };

/**
 * Fewer errors than this are not judged, unless they are half of the calls: on a quiet service one stray error would
 * otherwise flip its status to and fro all day.
 */
const FEWEST_JUDGED_ERRORS = 3;

export interface HealthFacts {
  /** What the sentence speaks of: `reviews` or `v2`. */
  name: string;
  /** Requests in the window; `null` = nothing was reported. */
  count: number | null;
  errorCount: number | null;
  /** Endpoints ready to take calls; `null` when nobody said. */
  endpoints: { healthy: number; total: number } | null;
  /** Proxies that answered lately; `null` when it has none. */
  proxies: { n: number; of: number } | null;
  /** Healths of the versions, judged before the whole. */
  versions: readonly { version: string; health: Health }[];
}

const SEVERITY: readonly HealthStatus[] = ["healthy", "unknown", "degraded", "failing"];

/** The worse of two statuses. `unknown` is worse than healthy: what is not seen is not well. */
export function worseStatus(a: HealthStatus, b: HealthStatus): HealthStatus {
  return SEVERITY.indexOf(a) >= SEVERITY.indexOf(b) ? a : b;
}

function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2)} %`;
}

function judgeErrors(facts: HealthFacts, limits: HealthLimits): Health | null {
  const { count, errorCount } = facts;
  if (count === null || errorCount === null || count === 0) return null;
  const ratio = errorCount / count;
  const isJudged = errorCount >= FEWEST_JUDGED_ERRORS || ratio >= 0.5;
  if (!isJudged || ratio < limits.degradedRatio) return { status: "healthy", reasons: [] };
  const status = ratio >= limits.failingRatio ? "failing" : "degraded";
  const limit = percent(status === "failing" ? limits.failingRatio : limits.degradedRatio);
  return {
    status,
    reasons: [`${facts.name} fails ${percent(ratio)} of calls (${errorCount} of ${count}), limit ${limit}`],
  };
}

/**
 * Judges one service or version from what was seen in the window. A failing version makes its service degraded, not
 * failing: most of its calls still succeed. No report at all is `unknown`, and so is a service that no proxy answers for.
 */
export function judgeHealth(facts: HealthFacts, limits: HealthLimits = DEFAULT_LIMITS): Health {
  const parts: Health[] = [];
  if (facts.proxies !== null && facts.proxies.of > 0 && facts.proxies.n === 0) {
    const noun = facts.proxies.of === 1 ? "its proxy does" : `its ${facts.proxies.of} proxies do`;
    parts.push({ status: "unknown", reasons: [`${facts.name}: ${noun} not answer`] });
  }
  if (facts.endpoints !== null && facts.endpoints.total > 0 && facts.endpoints.healthy === 0) {
    parts.push({ status: "failing", reasons: [`${facts.name} has no endpoint that takes calls`] });
  }
  const errors = judgeErrors(facts, limits);
  if (errors !== null) parts.push(errors);
  for (const { version, health } of facts.versions) {
    if (health.status === "failing" || health.status === "degraded") {
      parts.push({ status: "degraded", reasons: health.reasons.length > 0 ? health.reasons : [`${version} is ${health.status}`] });
    }
  }
  if (parts.length === 0) return { status: "unknown", reasons: [`No calls to ${facts.name} were seen in this window`] };
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const status = parts.map((part) => part.status).reduce(worseStatus);
  return { status, reasons: [...new Set(parts.flatMap((part) => part.reasons))] };
}
