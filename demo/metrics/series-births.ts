/** Two scrapes, one of which surely falls into it. */
const SHOWN_EMPTY_MS = 6_000;

/**
 * Lets series begin at 0 that come up while a store looks on. A store counts only what it saw grow: what a series held when it was first
 * scraped is lost to it, and that may be the whole of a short burst of failures. A series that an earlier look did not find held nothing
 * then; it shows that for longer than a scrape's interval, and then all it counted. What the first look finds has grown since nobody knows
 * when: it begins with what it holds.
 */
export class SeriesBirths {
  /** When each was first seen; `null` before the first look. */
  #seenMs: Map<string, number> | null = null;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** What is to be shown of these series, by name, in one look at all of them. */
  shown(series: ReadonlyMap<string, number>): Map<string, number> {
    const nowMs = this.#nowMs();
    const newMs = this.#seenMs === null ? -Infinity : nowMs;
    const seenMs = (this.#seenMs ??= new Map());
    return new Map(
      [...series].map(([name, value]) => {
        const firstMs = seenMs.get(name) ?? newMs;
        seenMs.set(name, firstMs);
        return [name, nowMs - firstMs < SHOWN_EMPTY_MS ? 0 : value];
      }),
    );
  }
}
