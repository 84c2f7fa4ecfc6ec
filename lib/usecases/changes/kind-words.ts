import type { Change } from "#lib/model/change.ts";

/** Parts of the sentences about a written change that differ by what was written. */
export interface KindWords {
  /** Path of the field that a refused plan is about. */
  field: string;
  /** What kind of target keeps the object. */
  target: string;
  /** What is in force again after a refused text was taken back, and what to mend. */
  afterTakingBack: string;
  /** The same, where only the journal tells of it. */
  afterRecovery: string;
  /** What to do when a refused text could not be taken back. */
  byHand: string;
  /** Why nothing proves a write that no proxy takes, and what to do about it. */
  noProxy: { explanation: string; mend: string };
  /** What proxies that are missing may still do. */
  missing: string;
  /** What to plan from what stands there now. */
  wish: string;
  /** Where to plan it. */
  place: string;
}

const WORDS: Readonly<Record<Change["kind"], KindWords>> = {
  split: {
    field: "weights",
    target: "routing target",
    afterTakingBack: "The old route is in force. Read the reason, mend the route file, and plan again",
    afterRecovery: "The old route is in force. Mend the route file, and plan again",
    byHand: "Put the old weights back by hand: a proxy that restarts now would lose this route",
    noProxy: { explanation: "No proxy takes this route, so nothing can prove it", mend: "Point a proxy's route subscription at this file" },
    missing: "Bring the missing proxies back, or undo: callers behind them may still use the old split",
    wish: "the weights you want",
    place: "the route",
  },
  demand: {
    field: "demand",
    target: "target of demands",
    afterTakingBack: "The old demand is in force. Read the reason, mend the file, and plan again",
    afterRecovery: "The old demand is in force. Mend the file, and plan again",
    byHand: "Put the old text back by hand: a proxy that restarts now would take no calls",
    noProxy: {
      explanation: "No proxy takes this file, so nothing can prove it",
      mend: "Point the subscription of the workload's proxies at this file",
    },
    missing: "Bring the missing proxies back, or undo: they may still demand what they demanded before",
    wish: "the demand you want",
    place: "the Security page",
  },
};

export function wordsOf(kind: Change["kind"]): KindWords {
  return WORDS[kind];
}
