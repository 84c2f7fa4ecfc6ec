import { type Protocol, UNTRACED_ID } from "#lib/model/ids.ts";
import type { SpanKind } from "#lib/model/trace.ts";

import { bucketOf, EdgeCounts, protocolNumber, type RollupRow } from "./edge-counts.ts";
import { NameNumbers, NO_NAME } from "./name-numbers.ts";
import { WordQueue } from "./word-queue.ts";
import { WordTable } from "./word-table.ts";

/** What one span tells the map. Hand in each span once: the same trace, id and kind again would be counted again. */
export interface SpanFact {
  /** 16 bytes. */
  traceId: Uint8Array;
  /** 8 bytes. */
  spanId: Uint8Array;
  /** 8 bytes; `null` = the trace begins here. */
  parentId: Uint8Array | null;
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

/** A parent is sent after its children, by another process, in batches: this long a span waits for its relatives. */
export const ROLLUP_WAIT_MS = 10_000;

/** Spans that may wait at once, at most 82 MiB of numbers; beyond it the oldest no longer do. */
const MOST_PENDING = 300_000;

/** Words of the key of a call: trace id, then span id. */
const [SPAN_ID, CALL_KEY_WORDS] = [4, 6];

/**
 * Fields of a call: everything that is known under one span id of one trace. First the nodes that sent a span under it, one
 * place for each kind, which are halves of one call.
 */
const [SERVER, CONSUMER, CLIENT, PRODUCER, INTERNAL] = [0, 1, 2, 3, 4];
/** 1 = a call or its other side hangs below: then the call arrived somewhere that sends spans. */
const IS_ANSWERED = 5;
/** Pending spans that touch the call as their own or as their parent. With the last of them it is forgotten. */
const USES = 6;
const CALL_FIELDS = 7;

const KIND_FIELD: Readonly<Record<SpanKind, number>> = {
  server: SERVER,
  consumer: CONSUMER,
  client: CLIENT,
  producer: PRODUCER,
  internal: INTERNAL,
};

/** Fields of a pending span. Calls are rows of the table (`NO_CALL` = it has no parent), names are numbers. */
const [OWN, PARENT, KIND, NODE, VERSION, PEER, PROTOCOL, BUCKET, IS_ERROR, PENDING_FIELDS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const NO_CALL = 0;

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
 *
 * Ten seconds of spans wait here at any time, so no object is kept for any of them: what waits is a queue of numbers, what is
 * known by id a table of numbers. An id that is touched by several spans has one row, which lives as long as one of them waits.
 */
export class SpanRollup {
  readonly #names = new NameNumbers();
  readonly #untraced = this.#names.numberOf(UNTRACED_ID);
  readonly #calls: WordTable;
  readonly #pending = new WordQueue(PENDING_FIELDS);
  readonly #edges = new EdgeCounts(this.#names);
  readonly #waitMs: number;
  readonly #mostPending: number;

  /** `seed`: any number that senders cannot know. */
  constructor({ waitMs = ROLLUP_WAIT_MS, mostPending = MOST_PENDING, seed = 0 } = {}) {
    this.#waitMs = waitMs;
    this.#mostPending = mostPending;
    this.#calls = new WordTable({ keyWords: CALL_KEY_WORDS, fields: CALL_FIELDS, seed });
  }

  /** Spans that wait. */
  get pending(): number {
    return this.#pending.length;
  }

  add(facts: readonly SpanFact[], nowMs: number): void {
    const dueMs = nowMs + this.#waitMs;
    for (const fact of facts) {
      this.#enqueue(fact, dueMs);
      if (this.#pending.length > this.#mostPending) this.#settleFirst();
    }
  }

  /** What was judged since the last call, in order of source, target, protocol, version and reporter. */
  drain(nowMs: number): RollupRow[] {
    while (this.#pending.firstDueMs <= nowMs) this.#settleFirst();
    const rows = this.#edges.take();
    if (this.#names.isCrowded) this.#names.retain((use) => this.#markNames(use));
    return rows;
  }

  #enqueue(fact: SpanFact, dueMs: number): void {
    const pending = this.#pending;
    const kind = KIND_FIELD[fact.kind];
    const node = this.#names.numberOf(fact.node);
    const own = this.#ownCall(fact);
    const parent = this.#parentCall(fact);
    this.#tell(own, kind, node);
    if (kind !== INTERNAL && parent !== NO_CALL) this.#calls.set(parent, IS_ANSWERED, 1);
    const place = pending.push(dueMs);
    pending.set(place, OWN, own);
    pending.set(place, PARENT, parent);
    pending.set(place, KIND, kind);
    pending.set(place, NODE, node);
    pending.set(place, VERSION, this.#names.numberOf(fact.version));
    pending.set(place, PEER, this.#names.numberOf(fact.peer));
    pending.set(place, PROTOCOL, protocolNumber(fact.protocol));
    pending.set(place, BUCKET, bucketOf(fact.durationMs));
    pending.set(place, IS_ERROR, Number(fact.isError));
  }

  #ownCall({ traceId, spanId }: SpanFact): number {
    const { key } = this.#calls;
    for (let word = 0; word < SPAN_ID; word++) key[word] = wordAt(traceId, word * 4);
    return this.#call(wordAt(spanId, 0), wordAt(spanId, 4));
  }

  /** Follows `#ownCall`, whose key is still there. A span that calls itself its parent has none. */
  #parentCall({ parentId }: SpanFact): number {
    if (parentId === null) return NO_CALL;
    const { key } = this.#calls;
    const [high, low] = [wordAt(parentId, 0), wordAt(parentId, 4)];
    return high === key[SPAN_ID] && low === key[SPAN_ID + 1] ? NO_CALL : this.#call(high, low);
  }

  /** The call under a span id of the trace whose id is in the key. */
  #call(high: number, low: number): number {
    const calls = this.#calls;
    calls.key[SPAN_ID] = high;
    calls.key[SPAN_ID + 1] = low;
    const call = calls.claim();
    calls.add(call, USES, 1);
    return call;
  }

  /** Of several spans that claim one place any may be right; the least name is the same in any order. */
  #tell(call: number, kind: number, node: number): void {
    const known = this.#calls.get(call, kind);
    if (known === node) return;
    const isLess = known === NO_NAME || (this.#names.nameOf(node) ?? "") < (this.#names.nameOf(known) ?? "");
    if (isLess) this.#calls.set(call, kind, node);
  }

  #settleFirst(): void {
    const place = this.#pending.shift();
    this.#judge(place);
    this.#leave(this.#pending.get(place, OWN));
    this.#leave(this.#pending.get(place, PARENT));
  }

  #leave(call: number): void {
    if (call === NO_CALL) return;
    this.#calls.add(call, USES, -1);
    if (this.#calls.get(call, USES) === 0) this.#calls.release(call);
  }

  #judge(place: number): void {
    const pending = this.#pending;
    const kind = pending.get(place, KIND);
    if (kind === INTERNAL) return;
    const own = pending.get(place, OWN);
    const node = pending.get(place, NODE);
    const request = {
      protocol: pending.get(place, PROTOCOL),
      bucket: pending.get(place, BUCKET),
      isError: pending.get(place, IS_ERROR),
    };
    if (kind === SERVER || kind === CONSUMER) {
      const source = this.#callerOf(node, own, pending.get(place, PARENT));
      if (source !== NO_NAME) this.#edges.countArrival(source, node, pending.get(place, VERSION), request);
    } else {
      const peer = pending.get(place, PEER);
      if (peer !== NO_NAME && !this.#hasArrived(own)) this.#edges.countUnanswered(node, peer, request);
    }
  }

  /** `NO_NAME` = the span lies inside another arrival at the same service. */
  #callerOf(node: number, own: number, parent: number): number {
    const calls = this.#calls;
    const callersHalf = calls.get(own, CLIENT) || calls.get(own, PRODUCER);
    if (callersHalf !== NO_NAME) return callersHalf;
    if (parent === NO_CALL) return this.#untraced;
    const [server, consumer] = [calls.get(parent, SERVER), calls.get(parent, CONSUMER)];
    if (server === node || consumer === node) return NO_NAME;
    return calls.get(parent, CLIENT) || calls.get(parent, PRODUCER) || calls.get(parent, INTERNAL) || server || consumer || this.#untraced;
  }

  #hasArrived(own: number): boolean {
    const calls = this.#calls;
    return calls.get(own, IS_ANSWERED) === 1 || calls.get(own, SERVER) !== NO_NAME || calls.get(own, CONSUMER) !== NO_NAME;
  }

  /** Every name that a pending span or a call still holds; each call is touched by a pending span. */
  #markNames(use: (number: number) => void): void {
    use(this.#untraced);
    for (let index = 0; index < this.#pending.length; index++) {
      const place = this.#pending.place(index);
      for (const field of [NODE, VERSION, PEER]) use(this.#pending.get(place, field));
      for (const call of [this.#pending.get(place, OWN), this.#pending.get(place, PARENT)]) {
        if (call !== NO_CALL) for (let kind = SERVER; kind <= INTERNAL; kind++) use(this.#calls.get(call, kind));
      }
    }
  }
}

/** Four bytes of an id; which end is high does not matter, as long as it is the same everywhere. */
function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
