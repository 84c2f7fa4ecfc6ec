import type { TraceSource } from "#lib/ports/traces.ts";

import type { MetricsReader } from "./metrics-readers.ts";
import { createMetricsReader, type MetricsReaderOptions, type MetricsReaderParts } from "./metrics-sources.ts";
import { createTraceSources, type TraceReaderOptions } from "./trace-sources.ts";

/** Places outside that are asked, in the order of the configuration. */
export interface OutsideOptions {
  metricsSources?: readonly MetricsReaderOptions[] | undefined;
  traceSources?: readonly TraceReaderOptions[] | undefined;
}

interface Running<T> {
  /** What it was configured as: the same again keeps it as it is, with what it remembers. */
  key: string;
  source: T;
  close(): Promise<void>;
}

/** Sources that may be exchanged while Weft runs. */
export class OutsideSources {
  readonly #parts: MetricsReaderParts;
  #metrics: readonly Running<MetricsReader>[] = [];
  #traces: readonly Running<TraceSource>[] = [];
  #hasStarted = false;
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: MetricsReaderParts) {
    this.#parts = parts;
  }

  get readers(): readonly MetricsReader[] {
    return this.#metrics.map(({ source }) => source);
  }

  get traces(): readonly TraceSource[] {
    return this.#traces.map(({ source }) => source);
  }

  /**
   * Makes what is new, keeps what is configured as before, and ends what is left out. Throws INVALID when a source cannot be
   * made: then everything is as it was.
   */
  configure(options: OutsideOptions): Promise<void> {
    const done = this.#turn.then(() => this.#exchange(options));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Begins to look at what is there; what is configured later begins at once. */
  start(): void {
    this.#hasStarted = true;
    for (const reader of this.readers) reader.start();
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#isClosed = true;
    await Promise.all([...this.#metrics, ...this.#traces].map((running) => running.close()));
  }

  async #exchange({ metricsSources = [], traceSources = [] }: OutsideOptions): Promise<void> {
    if (this.#isClosed) return;
    const made: Running<unknown>[] = [];
    try {
      const metrics = await this.#keepOrMake(this.#metrics, metricsSources, made, async (options) => {
        const reader = await createMetricsReader(options, this.#parts);
        return { source: reader, close: () => reader.close() };
      });
      const traces = await this.#keepOrMake(this.#traces, traceSources, made, async (options) => {
        const { sources, close } = await createTraceSources([options], this.#parts);
        return { source: first(sources), close };
      });
      const kept = new Set<Running<unknown>>([...metrics, ...traces]);
      const ended = [...this.#metrics, ...this.#traces].filter((running) => !kept.has(running));
      this.#metrics = metrics;
      this.#traces = traces;
      if (this.#hasStarted) this.start();
      await Promise.all(ended.map((running) => running.close()));
    } catch (error) {
      await Promise.all(made.map((running) => running.close()));
      throw error;
    }
  }

  async #keepOrMake<T, O>(
    running: readonly Running<T>[],
    wanted: readonly O[],
    made: Running<unknown>[],
    make: (options: O) => Promise<{ source: T; close: () => Promise<void> }>,
  ): Promise<Running<T>[]> {
    const all: Running<T>[] = [];
    for (const options of wanted) {
      const key = JSON.stringify(options, inOrder);
      const known = running.find((one) => one.key === key);
      if (known === undefined) {
        const fresh = { key, ...(await make(options)) };
        made.push(fresh);
        all.push(fresh);
      } else all.push(known);
    }
    return all;
  }
}

/** The same options are the same in whatever order they were written. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error("no source was made");
  return one;
}
