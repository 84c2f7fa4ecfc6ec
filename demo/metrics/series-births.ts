/** Two scrapes, one of which surely falls into it. */
const SHOWN_EMPTY_MS = 6_000;

/**
 * Lets every series begin at 0. A store counts only what it saw grow: what a series held when it was first scraped is lost to it, and
 * that may be the whole of a short burst of failures. So a new one shows 0 for longer than a scrape's interval, and then all it counted.
 */
export class SeriesBirths {
  readonly #firstSeenMs = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** What is to be shown of a series that holds this much. */
  shown(series: string, value: number): number {
    const nowMs = this.#nowMs();
    const firstMs = this.#firstSeenMs.get(series) ?? nowMs;
    this.#firstSeenMs.set(series, firstMs);
    return nowMs - firstMs < SHOWN_EMPTY_MS ? 0 : value;
  }
}
