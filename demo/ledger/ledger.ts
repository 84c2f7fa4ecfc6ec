import { CARD_NETWORK, INTERNET, JOBS, SERVICES } from "../mesh/services.ts";
import { edgeId, type EdgeKey, type EdgeRow, type Posture } from "./edges.ts";

export interface LedgerRow extends EdgeRow {
  readonly posture: Posture;
}

/** Joins what callers and callees counted into one row per edge and version. The two ends live in different processes, so each row comes in halves. */
export function joinRows(parts: readonly (readonly EdgeRow[])[]): LedgerRow[] {
  const joined = new Map<string, EdgeRow>();
  for (const row of parts.flat()) {
    const known = joined.get(edgeId(row));
    joined.set(edgeId(row), known === undefined ? row : add(known, row));
  }
  return [...joined.values()]
    .filter((row) => row.count + row.retries + row.sent > 0)
    .map((row) => ({ ...row, posture: postureOf(row) }))
    .toSorted((a, b) => edgeId(a).localeCompare(edgeId(b)));
}

/** Arrivals of one edge are counted by one process, so of the two halves at most one has durations. */
function add(a: EdgeRow, b: EdgeRow): EdgeRow {
  return {
    ...a,
    count: a.count + b.count,
    errors: a.errors + b.errors,
    retries: a.retries + b.retries,
    sent: a.sent + b.sent,
    sentErrors: a.sentErrors + b.sentErrors,
    neverArrived: a.neverArrived + b.neverArrived,
    refused: a.refused + b.refused,
    denied: a.denied + b.denied,
    p50Ms: a.p50Ms ?? b.p50Ms,
    p95Ms: a.p95Ms ?? b.p95Ms,
    p99Ms: a.p99Ms ?? b.p99Ms,
  };
}

function postureOf({ source, target }: EdgeKey): Posture {
  if (source === INTERNET || target === CARD_NETWORK.name) return "oneWay";
  if (SERVICES.some((service) => service.name === source)) return "mutual";
  return JOBS.find((job) => job.name === source)?.shows === "foreignName" ? "refused" : "plaintext";
}
