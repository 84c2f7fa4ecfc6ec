import type { SourceStatus } from "#lib/model/source.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { Feed, MetricsSource, TopologySource } from "#lib/ports/sources.ts";

import type { MetricsReader, Telling } from "./metrics-readers.ts";

/** A feed that counts by itself, with the time that one of its reports covers. */
export type CountingFeed = Feed & Pick<MetricsSource, "reportMs">;

/** Makes a feed with memory of its own to write into, and the source that answers from there. */
export type KeepCounts = (create: (store: SeriesStore) => CountingFeed) => { feed: CountingFeed; metrics: MetricsSource };

interface CollectorReaderOptions {
  feed: CountingFeed;
  metrics: MetricsSource;
  /** Closes the connections that are this source's alone. */
  onClose: () => Promise<void>;
}

/** An exposition that Weft reads and keeps by itself: a graph worked out from spans, and never waited for. */
export class CollectorReader implements MetricsReader {
  readonly isKnown = true;
  readonly #options: CollectorReaderOptions;

  constructor(options: CollectorReaderOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.feed.id;
  }

  start(): void {
    this.#options.feed.start();
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  tellings(): readonly Telling[] {
    return [{ rank: "graph", source: this.#options.metrics }];
  }

  topology(): readonly TopologySource[] {
    return [];
  }

  statuses(): readonly SourceStatus[] {
    return [this.#options.feed.status()];
  }

  async close(): Promise<void> {
    await this.#options.feed.stop();
    await this.#options.onClose();
  }
}
