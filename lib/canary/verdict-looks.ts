import type { Verdict } from "#lib/model/verdict.ts";

import { milestone, sentenceOf, subjectOf, type VerdictSubject } from "./verdict.ts";

/** Splits remembered at once; the oldest goes first. */
const MOST_SPLITS = 1_000;
/**
 * A difference this clear is told at once: it cannot wait, and a few hundred looks at one window do not make it up, even
 * where the approximation of so far a tail is off by a factor of a thousand.
 */
const BEYOND_DOUBT_P = 1e-9;

interface Look {
  milestone: number;
  /** End of the window that was looked at, epoch ms. */
  untilMs: number;
  word: Verdict["word"];
  direction: Verdict["direction"];
  subject: VerdictSubject;
}

/**
 * Holds a verdict's word until the smaller side has doubled: repeated looks at growing data raise false alarms, so the
 * word may change only at 100, 200, 400 ... calls, while the figures beside it are always the newest. A window that
 * slides never doubles: there the word may change once nothing of what was looked at is left in it.
 */
export class VerdictLooks {
  private readonly looks = new Map<string, Look>();

  /** `split` names what is compared since when; a new change of the split starts anew. */
  hold(split: string, fresh: Verdict): Verdict {
    const reached = milestone(Math.min(fresh.errors.candidate.n, fresh.errors.baseline.n));
    if (reached === 0) return fresh;
    const held = this.looks.get(split);
    if (held === undefined || reached > held.milestone || Date.parse(fresh.from) >= held.untilMs || isBeyondDoubt(fresh)) {
      this.remember(split, fresh, reached);
      return fresh;
    }
    if (held.word === fresh.word && held.direction === fresh.direction && held.subject === subjectOf(fresh)) return fresh;
    const { word, direction, subject } = held;
    // Without durations there are no figures for a word about them.
    if (subject === "latency" && fresh.latency.p === null) return fresh;
    const kept = { ...fresh, word, direction };
    return { ...kept, sentence: sentenceOf(kept, subject) };
  }

  private remember(split: string, fresh: Verdict, reached: number): void {
    const { word, direction, to } = fresh;
    this.looks.delete(split);
    this.looks.set(split, { milestone: reached, untilMs: Date.parse(to), word, direction, subject: subjectOf(fresh) });
    const oldest = this.looks.keys().next();
    if (this.looks.size > MOST_SPLITS && oldest.done !== true) this.looks.delete(oldest.value);
  }
}

function isBeyondDoubt(verdict: Verdict): boolean {
  const p = subjectOf(verdict) === "errors" ? verdict.errors.p : verdict.latency.p;
  return verdict.word === "very-likely" && p !== null && p < BEYOND_DOUBT_P;
}
