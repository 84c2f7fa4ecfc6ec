import { externalId, type Protocol, UNTRACED_ID } from "#lib/model/ids.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { SpanKind } from "#lib/model/trace.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

/** What one span tells the map. Hand in each span once: the same trace, id and kind again would be counted again. */
export interface SpanFact {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits. */
  spanId: string;
  parentId: string | null;
  kind: SpanKind;
  /** Id of its service in the graph. */
  node: string;
  version: string | null;
  durationMs: number;
  isError: boolean;
  protocol: Protocol;
  /** Host or service at the other end; `null` = not told. */
  peer: string | null;
}

/** Requests of one edge and one version of its target, counted from spans. */
export interface RollupRow {
  source: string;
  target: string;
  protocol: Protocol;
  version: string | null;
  /** `source` = only the caller's span came. */
  reporter: "destination" | "source";
  traffic: EdgeTraffic;
}

/** Bounds of the durations that are counted, milliseconds. */
export const ROLLUP_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1_000, 2_500, 5_000, 10_000,
];

/** A parent is sent after its children, by another process, in batches: this long a span waits for its relatives. */
export const ROLLUP_WAIT_MS = 10_000;

/** Spans that may wait at once; beyond it the oldest no longer do. */
const MOST_PENDING = 300_000;

/** Everything that is known under one span id of one trace: up to one span per kind, which are halves of one call. */
interface Slot {
  readonly id: string;
  server: string | null;
  consumer: string | null;
  client: string | null;
  producer: string | null;
  internal: string | null;
  /** Whether a call or its other side hangs below: then the call arrived somewhere that sends spans. */
  isAnswered: boolean;
  /** Nothing before this instant may forget the slot. */
  untilMs: number;
}

interface Pending {
  readonly fact: SpanFact;
  readonly own: Slot;
  readonly parent: Slot | null;
  readonly dueMs: number;
}

interface Accumulated extends Omit<RollupRow, "traffic"> {
  count: number;
  errorCount: number;
  counts: number[];
}

/**
 * Turns spans into traffic of edges. One request is counted once, at its arrival:
 *
 * - A server's or consumer's span is one arrival at its service, unless its parent is a server's or consumer's span of the
 *   same service: then it lies inside one that is counted already (an application behind its proxy).
 * - Its caller is the service of the span above it: the caller's half under the same id, or its parent. Without one it is
 *   `UNTRACED_ID`.
 * - A client's or producer's span below which no call or arrival hangs is an edge to the host that it names, told by the
 *   source; one that names none is not counted.
 *
 * Each span is judged when it has waited for its relatives. Until then any order and any batches give the same rows.
 * Time comes in from outside and must not run backwards.
 */
export class SpanRollup {
  readonly #slots = new Map<string, Slot>();
  readonly #rows = new Map<string, Accumulated>();
  readonly #waitMs: number;
  readonly #mostPending: number;
  /** A queue: those before `#first` are judged. */
  #pending: Pending[] = [];
  #first = 0;

  constructor(options: { waitMs?: number; mostPending?: number } = {}) {
    this.#waitMs = options.waitMs ?? ROLLUP_WAIT_MS;
    this.#mostPending = options.mostPending ?? MOST_PENDING;
  }

  /** Spans that wait. */
  get pending(): number {
    return this.#pending.length - this.#first;
  }

  add(facts: readonly SpanFact[], nowMs: number): void {
    const dueMs = nowMs + this.#waitMs;
    for (const fact of facts) {
      const own = this.#slot(fact.traceId, fact.spanId, dueMs);
      const parent = fact.parentId === null || fact.parentId === fact.spanId ? null : this.#slot(fact.traceId, fact.parentId, dueMs);
      // Of several spans that claim one place any may be right; the least name is the same in any order.
      const known = own[fact.kind];
      if (known === null || fact.node < known) own[fact.kind] = fact.node;
      if (fact.kind !== "internal" && parent !== null) parent.isAnswered = true;
      this.#pending.push({ fact, own, parent, dueMs });
      if (this.pending > this.#mostPending) this.#judgeFirst(Number.POSITIVE_INFINITY);
    }
  }

  /** What was judged since the last call, in order of source, target, protocol, version and reporter. */
  drain(nowMs: number): RollupRow[] {
    while (this.#judgeFirst(nowMs));
    const rows = [...this.#rows.values()].toSorted(byEdge).map(toRow);
    this.#rows.clear();
    return rows;
  }

  #slot(traceId: string, spanId: string, untilMs: number): Slot {
    const id = traceId + spanId;
    const known = this.#slots.get(id);
    if (known !== undefined) {
      known.untilMs = Math.max(known.untilMs, untilMs);
      return known;
    }
    const slot: Slot = { id, server: null, consumer: null, client: null, producer: null, internal: null, isAnswered: false, untilMs };
    this.#slots.set(id, slot);
    return slot;
  }

  #judgeFirst(nowMs: number): boolean {
    const next = this.#pending[this.#first];
    if (next === undefined || next.dueMs > nowMs) return false;
    this.#first++;
    if (this.#first >= 4_096 && this.#first * 2 >= this.#pending.length) {
      this.#pending = this.#pending.slice(this.#first);
      this.#first = 0;
    }
    this.#judge(next);
    this.#forget(next.own, next.dueMs);
    if (next.parent !== null) this.#forget(next.parent, next.dueMs);
    return true;
  }

  /** The last span that touched a slot takes it along. */
  #forget(slot: Slot, dueMs: number): void {
    if (slot.untilMs <= dueMs) this.#slots.delete(slot.id);
  }

  #judge({ fact, own, parent }: Pending): void {
    if (fact.kind === "server" || fact.kind === "consumer") {
      const source = callerOf(fact, own, parent);
      if (source !== null) this.#count(fact, source, fact.node, "destination");
    } else if (fact.kind !== "internal" && fact.peer !== null) {
      const hasArrived = own.isAnswered || own.server !== null || own.consumer !== null;
      if (!hasArrived) this.#count(fact, fact.node, externalId(fact.peer), "source");
    }
  }

  #count({ protocol, version, durationMs, isError }: SpanFact, source: string, target: string, reporter: RollupRow["reporter"]): void {
    const told = reporter === "destination" ? version : null;
    // With its length in front no name can pass for the end of another; a list as JSON would cost half of all this.
    const key = `${source.length}|${source}${target.length}|${target}${reporter}|${protocol}${told === null ? "" : `|${told}`}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      const counts = Array.from({ length: ROLLUP_BOUNDS_MS.length + 1 }, () => 0);
      row = { source, target, protocol, version: told, reporter, count: 0, errorCount: 0, counts };
      this.#rows.set(key, row);
    }
    row.count++;
    if (isError) row.errorCount++;
    const bucket = bucketOf(durationMs);
    row.counts[bucket] = (row.counts[bucket] ?? 0) + 1;
  }
}

/** `null` = the span lies inside another arrival at the same service. */
function callerOf({ node }: SpanFact, own: Slot, parent: Slot | null): string | null {
  const callersHalf = own.client ?? own.producer;
  if (callersHalf !== null) return callersHalf;
  if (parent === null) return UNTRACED_ID;
  if (parent.server === node || parent.consumer === node) return null;
  return parent.client ?? parent.producer ?? parent.internal ?? parent.server ?? parent.consumer ?? UNTRACED_ID;
}

function bucketOf(durationMs: number): number {
  let [low, high] = [0, ROLLUP_BOUNDS_MS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (durationMs <= (ROLLUP_BOUNDS_MS[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byEdge(a: Accumulated, b: Accumulated): number {
  return (
    compare(a.source, b.source) ||
    compare(a.target, b.target) ||
    compare(a.protocol, b.protocol) ||
    compare(a.version ?? "", b.version ?? "") ||
    // A version that is not told comes before one that is empty.
    Number(a.version !== null) - Number(b.version !== null) ||
    compare(a.reporter, b.reporter)
  );
}

function toRow({ count, errorCount, counts, ...key }: Accumulated): RollupRow {
  return { ...key, traffic: { ...NO_TRAFFIC, count, errorCount, latency: { boundsMs: ROLLUP_BOUNDS_MS, counts } } };
}
