import type { TraceSummary } from "#lib/model/trace.ts";

/** What two traces must share to be worth comparing. */
export interface RootOfTrace {
  readonly id: string;
  readonly service: string;
  readonly operation: string;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * Traces of the same root that went well, the most ordinary first: by distance from their median duration, then newest
 * first. The trace itself is not among them; empty = there is nothing to compare with.
 */
export function rankNormal(items: readonly TraceSummary[], own: RootOfTrace): TraceSummary[] {
  const alike = items.filter(
    (item) =>
      item.id !== own.id &&
      item.status === "ok" &&
      item.hasRoot &&
      item.root.service === own.service &&
      item.root.operation === own.operation,
  );
  const usual = median(alike.map((item) => item.durationMs));
  return alike.toSorted(
    (a, b) => Math.abs(a.durationMs - usual) - Math.abs(b.durationMs - usual) || Date.parse(b.startedAt) - Date.parse(a.startedAt),
  );
}

/** The next ordinary trace after the one that is compared now, round the end; `null` = there is no other. */
export function nextNormal(ranked: readonly TraceSummary[], currentId: string | null): TraceSummary | null {
  const at = ranked.findIndex((item) => item.id === currentId);
  const next = ranked[(at + 1) % Math.max(1, ranked.length)] ?? null;
  return next?.id === currentId ? null : next;
}
