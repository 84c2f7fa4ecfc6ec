import type { LatencyHistogram } from "#lib/model/red.ts";
import { sumHistograms } from "#lib/red/histogram.ts";

import type { PromSample } from "./dialect.ts";

/** How durations of one key are spread, collected from the forms in which stores keep histograms; in the metric's own unit. */
export class Spread {
  /** Cumulative counts by upper bound, and how many series have that bound. */
  readonly #cumulative = new Map<number, { count: number; series: number }>();
  /** Counts of ranges by their upper end, with the lower one. */
  readonly #ranges = new Map<number, { fromBound: number; count: number }>();
  readonly #native: LatencyHistogram[] = [];

  add({ labels, value, histogram }: PromSample): void {
    if (histogram !== undefined) {
      // The last count is what lies above the last bound; the others lie below theirs.
      this.#native.push({ boundsMs: histogram.bounds, counts: histogram.counts });
      return;
    }
    const [, from, to] = /^(.+)\.\.\.(.+)$/.exec(labels["vmrange"] ?? "") ?? [];
    if (from !== undefined && to !== undefined) this.#addRange(Number(from), boundOf(to), value);
    const le = labels["le"];
    if (le !== undefined) this.#cumulativeAt(boundOf(le)).count += value;
  }

  /** How many series have a bound; proxies may be set to different ones. */
  addLayout({ labels, value }: PromSample): void {
    const le = labels["le"];
    if (le !== undefined) this.#cumulativeAt(boundOf(le)).series += value;
  }

  /** `null` where nothing is known. Only bounds that every proxy has can be summed up. */
  histogram(): LatencyHistogram | null {
    return sumHistograms([...this.#classic(), ...this.#fromRanges(), ...this.#native]);
  }

  #addRange(fromBound: number, bound: number, value: number): void {
    if (Number.isNaN(fromBound) || Number.isNaN(bound)) return;
    const known = this.#ranges.get(bound);
    if (known === undefined) this.#ranges.set(bound, { fromBound, count: value });
    else known.count += value;
  }

  #cumulativeAt(bound: number): { count: number; series: number } {
    const known = this.#cumulative.get(bound);
    if (known !== undefined) return known;
    const fresh = { count: 0, series: 0 };
    this.#cumulative.set(bound, fresh);
    return fresh;
  }

  #classic(): LatencyHistogram[] {
    const all = [...this.#cumulative].filter(([bound]) => !Number.isNaN(bound)).toSorted(([a], [b]) => a - b);
    const whole = all.find(([bound]) => bound === Infinity)?.[1];
    if (whole === undefined || whole.count <= 0) return [];
    const common = all.filter(([bound, { series }]) => bound !== Infinity && series === whole.series);
    let below = 0;
    const counts = [...common.map(([, { count }]) => count), whole.count].map((upTo) => {
      const count = Math.max(0, upTo - below);
      below = Math.max(below, upTo);
      return count;
    });
    return [{ boundsMs: common.map(([bound]) => bound), counts }];
  }

  /** Ranges in which nothing lies are not told: what is left out between two is a bucket of its own, which is empty. */
  #fromRanges(): LatencyHistogram[] {
    const ranges = [...this.#ranges].filter(([, { count }]) => count > 0).toSorted(([a], [b]) => a - b);
    if (ranges.length === 0) return [];
    const boundsMs: number[] = [];
    const counts: number[] = [];
    let above = 0;
    for (const [bound, { fromBound, count }] of ranges) {
      if (fromBound > (boundsMs.at(-1) ?? 0)) {
        boundsMs.push(fromBound);
        counts.push(0);
      }
      if (bound === Infinity) above = count;
      else {
        boundsMs.push(bound);
        counts.push(count);
      }
    }
    return [{ boundsMs, counts: [...counts, above] }];
  }
}

function boundOf(text: string): number {
  return /^\+?Inf$/i.test(text) ? Infinity : Number(text);
}
