import { z } from "zod";

/** How sure a comparison is. `too-few` = under 100 calls on one side. */
export const VerdictWord = z.enum(["too-few", "no-difference", "likely", "very-likely"]);
export type VerdictWord = z.infer<typeof VerdictWord>;

/** A version of a service judged against its baseline, over the same stretch of time. */
export const Verdict = z.object({
  candidate: z.string(),
  baseline: z.string(),
  word: VerdictWord,
  direction: z.enum(["worse", "better", "none"]),
  /** The sentence for the page's title. */
  sentence: z.string(),
  errors: z.object({
    candidate: z.object({ n: z.number().int(), errors: z.number().int(), ratio: z.number().nullable() }),
    baseline: z.object({ n: z.number().int(), errors: z.number().int(), ratio: z.number().nullable() }),
    /** candidate minus baseline, with the 95 % Newcombe interval; `null` with no calls on one side. */
    difference: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
    p: z.number().nullable(),
  }),
  latency: z.object({
    candidateP95Ms: z.number().nullable(),
    baselineP95Ms: z.number().nullable(),
    /** Probability that a random candidate call is slower than a random baseline call (ties count half). */
    slowerShare: z.number().nullable(),
    p: z.number().nullable(),
    word: VerdictWord,
  }),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});
export type Verdict = z.infer<typeof Verdict>;
