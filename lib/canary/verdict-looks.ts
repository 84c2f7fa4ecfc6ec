import type { Verdict } from "#lib/model/verdict.ts";

import { milestone } from "./verdict.ts";

/** Splits remembered at once; the oldest goes first. */
const MOST_SPLITS = 1_000;

interface Look {
  milestone: number;
  word: Verdict["word"];
  direction: Verdict["direction"];
}

/**
 * Holds a verdict's word until the smaller side has doubled: repeated looks at growing data raise false alarms, so the
 * word may change only at 100, 200, 400 ... calls, while the figures beside it are always the newest.
 */
export class VerdictLooks {
  private readonly looks = new Map<string, Look>();

  /** `split` names what is compared since when; a new change of the split starts anew. */
  hold(split: string, fresh: Verdict): Verdict {
    const reached = milestone(Math.min(fresh.errors.candidate.n, fresh.errors.baseline.n));
    const held = this.looks.get(split);
    if (held === undefined || reached !== held.milestone) {
      this.looks.delete(split);
      this.looks.set(split, { milestone: reached, word: fresh.word, direction: fresh.direction });
      const oldest = this.looks.keys().next();
      if (this.looks.size > MOST_SPLITS && oldest.done !== true) this.looks.delete(oldest.value);
      return fresh;
    }
    if (held.word === fresh.word && held.direction === fresh.direction) return fresh;
    return { ...fresh, word: held.word, direction: held.direction, sentence: reworded(fresh.sentence, held) };
  }
}

const WORDS: Record<Verdict["word"], string> = {
  "too-few": "too few calls to tell",
  "no-difference": "no difference seen",
  likely: "likely",
  "very-likely": "very likely",
};

function reworded(sentence: string, held: Look): string {
  const colon = sentence.lastIndexOf(": ");
  if (colon < 0) return sentence;
  const ending = held.direction === "none" ? WORDS[held.word] : `${WORDS[held.word]} ${held.direction}`;
  return `${sentence.slice(0, colon)}: ${ending}`;
}
