import type { Protocol } from "../mesh/services.ts";

/** How the caller goes about it, as the demo built it; applications cannot see it. `refused`: with a certificate that nobody accepts. */
export type Posture = "mutual" | "oneWay" | "plaintext" | "refused";

/** Which edge a call belongs to. `version` is the callee's; `null` where it has none, or where nobody can know it. */
export interface EdgeKey {
  readonly source: string;
  readonly target: string;
  readonly version: string | null;
  readonly protocol: Protocol;
}

/** One edge of the ledger, as `GET /ledger` answers it. Counts are exact; `null` durations mean that none were measured. */
export interface EdgeRow extends EdgeKey {
  /** First attempts that arrived at the callee's application. */
  readonly count: number;
  /** Those of them that it answered with an error, or that the caller gave up. */
  readonly errors: number;
  /** Attempts above the first that arrived. */
  readonly retries: number;
  /** Calls as their caller made them, however many attempts each took. */
  readonly sent: number;
  readonly sentErrors: number;
  /** Calls that no application of the callee ever saw, and that nobody forbade. */
  readonly neverArrived: number;
  /** Those of them whose connection the callee's proxy ended before any request: only callers without a proxy can tell. */
  readonly refused: number;
  /** Calls that the callee's proxy forbade (403): they never reached its application either. */
  readonly denied: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export function edgeId(key: EdgeKey): string {
  return `${key.source}|${key.target}|${key.version ?? ""}|${key.protocol}`;
}

/** A half-open span of time in epoch milliseconds; an open end is infinite. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const ALWAYS: Span = { fromMs: -Infinity, toMs: Infinity };
