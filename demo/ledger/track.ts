import type { Span } from "./edges.ts";

const CHUNK = 2_048;

interface Chunk {
  readonly atMs: Float64Array;
  readonly durationMs: Float32Array;
  readonly marks: Uint8Array;
  length: number;
}

/** What is remembered of one call beside when it ended and how long it took. */
export interface Marks {
  readonly error: boolean;
  readonly retry: boolean;
  /** For callers: nobody got it. */
  readonly lost: boolean;
  /** For callers: its connection was refused. */
  readonly refused?: boolean;
  /** For callers: it was forbidden. */
  readonly denied?: boolean;
}

export interface Sums {
  count: number;
  errors: number;
  retries: number;
  lost: number;
  refused: number;
  denied: number;
  /** Durations of the counted calls, unsorted. */
  durations: number[];
}

const ERROR = 1;
const RETRY = 2;
const LOST = 4;
const REFUSED = 8;
const DENIED = 16;

const NOTHING = { count: 0, errors: 0, retries: 0, lost: 0, refused: 0, denied: 0 };

/**
 * The calls of one edge seen from one end, each with its own time: 13 bytes a call, so that any window can be asked for and
 * percentiles are exact. Calls older than `keepMs` are let go; counts over all time stay right without them.
 */
export class Track {
  readonly #keepMs: number;
  #chunks: Chunk[] = [];
  #forgotten = NOTHING;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  add(atMs: number, durationMs: number, marks: Marks): void {
    const chunk = this.#chunkFor(atMs);
    chunk.atMs[chunk.length] = atMs;
    chunk.durationMs[chunk.length] = durationMs;
    chunk.marks[chunk.length] = bitsOf(marks);
    chunk.length += 1;
  }

  /** Sums of the calls that ended within the span. A span that reaches back to the beginning includes what was forgotten since. */
  sums(span: Span): Sums {
    const sums: Sums = { ...NOTHING, durations: [] };
    if (span.fromMs === -Infinity) Object.assign(sums, this.#forgotten);
    for (const chunk of this.#chunks) addChunk(sums, chunk, span);
    return sums;
  }

  #chunkFor(nowMs: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.length < CHUNK) return last;
    this.#forget(nowMs - this.#keepMs);
    const chunk = { atMs: new Float64Array(CHUNK), durationMs: new Float32Array(CHUNK), marks: new Uint8Array(CHUNK), length: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #forget(beforeMs: number): void {
    const isOld = (chunk: Chunk): boolean => (chunk.atMs[chunk.length - 1] ?? Infinity) < beforeMs;
    for (const chunk of this.#chunks.filter(isOld)) {
      const gone: Sums = { ...this.#forgotten, durations: [] };
      addChunk(gone, chunk, { fromMs: -Infinity, toMs: Infinity });
      const { durations: _, ...counts } = gone;
      this.#forgotten = counts;
    }
    this.#chunks = this.#chunks.filter((chunk) => !isOld(chunk));
  }
}

function bitsOf({ error, retry, lost, refused = false, denied = false }: Marks): number {
  return (error ? ERROR : 0) | (retry ? RETRY : 0) | (lost ? LOST : 0) | (refused ? REFUSED : 0) | (denied ? DENIED : 0);
}

function addChunk(sums: Sums, chunk: Chunk, span: Span): void {
  for (let index = 0; index < chunk.length; index += 1) {
    const atMs = chunk.atMs[index] ?? NaN;
    if (!(atMs >= span.fromMs && atMs < span.toMs)) continue;
    const marks = chunk.marks[index] ?? 0;
    if ((marks & RETRY) !== 0) {
      sums.retries += 1;
      continue;
    }
    sums.count += 1;
    if ((marks & ERROR) !== 0) sums.errors += 1;
    if ((marks & LOST) !== 0) sums.lost += 1;
    if ((marks & REFUSED) !== 0) sums.refused += 1;
    if ((marks & DENIED) !== 0) sums.denied += 1;
    sums.durations.push(chunk.durationMs[index] ?? NaN);
  }
}
