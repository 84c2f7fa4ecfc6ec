import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { TimeWindow } from "#lib/model/red.ts";
import type { Exemplar } from "#lib/model/trace.ts";
import type { ExemplarSubject } from "#lib/ports/traces.ts";

import { TAKEN_IN } from "./callers.ts";
import type { Effort } from "./effort.ts";
import { servicesOfNode } from "./read-operations.ts";

/** Requests looked at, the newest. */
const MOST_REQUESTS = 400_000;
/** Requests that are looked into before the choice is what it is. */
const MOST_LOOKED_UP = 20_000;
const LOOKS_APART = 256;
/** Shares of the answer: failed ones first, then slow ones; ordinary ones get what is left. */
const FAILED_SHARE = 0.5;
const SLOW_SHARE = 0.3;

interface Request {
  id: number;
  atMs: number;
  durationNs: number;
  isError: boolean;
}

/** The requests of one stretch of the window, in the order in which they are worth showing. */
interface Bin {
  failed: Request[];
  slowest: Request[];
  ordinary: Request[];
}

function requestsOf(db: DatabaseSync, window: TimeWindow, target: string): Request[] {
  const find = db.prepare(`
    SELECT id, at_ms, duration_ns, is_error FROM spans INDEXED BY spans_by_service
    WHERE service_id = ? AND at_ms > ? AND at_ms <= ? AND operation_id IN (SELECT id FROM operations WHERE service_id = ? AND kind IN (1, 4))
    ORDER BY at_ms DESC LIMIT ?`);
  const requests: Request[] = [];
  for (const service of servicesOfNode(db, target)) {
    for (const row of find.iterate(service, window.fromMs, window.toMs, service, MOST_REQUESTS - requests.length)) {
      requests.push({
        id: Number(row["id"]),
        atMs: Number(row["at_ms"]),
        durationNs: Number(row["duration_ns"]),
        isError: row["is_error"] === 1,
      });
    }
  }
  return requests;
}

/** From the middle of an ordered list outwards. */
function fromMiddle<T>(items: readonly T[]): T[] {
  const middle = items.length >> 1;
  return items
    .map((_unused, index) => items[index % 2 === 0 ? middle + index / 2 : middle - (index + 1) / 2])
    .filter((item) => item !== undefined);
}

function binsOf(requests: readonly Request[], { fromMs, toMs }: TimeWindow, count: number): Bin[] {
  const groups: Request[][] = Array.from({ length: count }, () => []);
  for (const request of requests) {
    const index = Math.ceil(((request.atMs - fromMs) / (toMs - fromMs)) * count) - 1;
    groups[Math.min(count - 1, Math.max(0, index))]?.push(request);
  }
  return groups.map((group) => {
    const byDuration = group.filter(({ isError }) => !isError).toSorted((a, b) => b.durationNs - a.durationNs);
    return { failed: group.filter(({ isError }) => isError), slowest: byDuration, ordinary: fromMiddle(byDuration) };
  });
}

/** Takes one from each list in turn until all are empty. */
function* inTurn<T>(lists: readonly T[][]): Generator<T> {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  for (let index = 0; index < longest; index++) {
    for (const list of lists) {
      const item = list[index];
      if (item !== undefined) yield item;
    }
  }
}

/**
 * Requests into `target` that explain a chart of the window: failed ones, the slowest of each stretch, and ordinary ones,
 * in order of time, at most `limit`. A call counts once: where a service took it in (`Callers`).
 */
export function readExemplars(
  db: DatabaseSync,
  window: TimeWindow,
  { source, target }: ExemplarSubject,
  limit: number,
  effort: Effort,
): Exemplar[] {
  const bins = binsOf(requestsOf(db, window, target), window, Math.max(1, Math.ceil(limit / 3)));
  const choice = new Choice(db, source === null ? null : new Set(servicesOfNode(db, source)), effort);
  choice.take(inTurn(bins.map(({ failed }) => failed)), Math.ceil(limit * FAILED_SHARE));
  choice.take(inTurn(bins.map(({ slowest }) => slowest)), Math.ceil(limit * (FAILED_SHARE + SLOW_SHARE)));
  choice.take(inTurn(bins.map(({ ordinary }) => ordinary)), limit);
  choice.take(inTurn(bins.map(({ failed }) => failed)), limit);
  return choice.exemplars.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

class Choice {
  readonly exemplars: Exemplar[] = [];
  private readonly sources: ReadonlySet<number> | null;
  private readonly effort: Effort;
  private readonly row: StatementSync;
  private readonly judged = new Set<number>();
  private isSpent = false;

  constructor(db: DatabaseSync, sources: ReadonlySet<number> | null, effort: Effort) {
    this.sources = sources;
    this.effort = effort;
    this.row = db.prepare(`
      SELECT t.trace_id, s.span_id, s.caller_id, s.early_ns, o.version
      FROM spans s JOIN traces t ON t.no = s.trace_no JOIN operations o ON o.id = s.operation_id WHERE s.id = ?`);
  }

  /** Takes those that fit until there are `most` in all. */
  take(requests: Iterable<Request>, most: number): void {
    for (const request of requests) {
      if (this.exemplars.length >= most || this.isOver()) return;
      if (this.judged.has(request.id)) continue;
      this.judged.add(request.id);
      const exemplar = this.exemplarOf(request);
      if (exemplar !== null) this.exemplars.push(exemplar);
    }
  }

  private isOver(): boolean {
    if (this.judged.size % LOOKS_APART === LOOKS_APART - 1) this.isSpent ||= this.effort.isSpent();
    return this.isSpent || this.judged.size >= MOST_LOOKED_UP;
  }

  private exemplarOf({ id, atMs, durationNs, isError }: Request): Exemplar | null {
    const row = this.row.get(id);
    if (row === undefined || !(row["trace_id"] instanceof Uint8Array) || !(row["span_id"] instanceof Uint8Array)) return null;
    if (row["caller_id"] === TAKEN_IN) return null;
    if (this.sources !== null && (row["caller_id"] === null || !this.sources.has(Number(row["caller_id"])))) return null;
    return {
      traceId: Buffer.from(row["trace_id"]).toString("hex"),
      spanId: Buffer.from(row["span_id"]).toString("hex"),
      at: new Date(atMs - (Number(row["early_ns"]) > 0 ? 1 : 0)).toISOString(),
      durationMs: durationNs / 1_000_000,
      isError,
      version: row["version"] === null ? null : String(row["version"]),
    };
  }
}
