/** Standard normal quantile for a two-sided 95 % interval. */
export const Z_95 = 1.959964;
/** Standard normal quantile for a two-sided 99.7 % interval, the tolerance of an observed share. */
export const Z_997 = 2.967738;

export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson score interval of a share k/n. With n = 0 nothing is known: 0 to 1.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonInterval(k: number, n: number, z: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = k / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: k === 0 ? 0 : Math.max(0, centre - half), high: k === n ? 1 : Math.min(1, centre + half) };
}

/**
 * Interval of the difference of two independent shares, a minus b.
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
 * Medicine 17 (1998), method 10 (score intervals combined).
 */
export function newcombeInterval(ka: number, na: number, kb: number, nb: number, z: number): Interval {
  const a = wilsonInterval(ka, na, z);
  const b = wilsonInterval(kb, nb, z);
  const pa = na === 0 ? 0.5 : ka / na;
  const pb = nb === 0 ? 0.5 : kb / nb;
  const difference = pa - pb;
  return {
    low: Math.max(-1, difference - Math.hypot(pa - a.low, b.high - pb)),
    high: Math.min(1, difference + Math.hypot(a.high - pa, pb - b.low)),
  };
}

/** Upper tail of the standard normal distribution, error below 1.2e-7 relative (Numerical Recipes' erfc). */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const series =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const tail = 0.5 * t * Math.exp(-x * x + series);
  return z >= 0 ? tail : 1 - tail;
}

/** Below this expected number in any cell of the table the normal approximation is not to be trusted (Cochran 1954). */
const FEWEST_EXPECTED = 5;

/**
 * Two-sided p-value of "both shares are equal": the pooled two-proportion z test, and Fisher's exact test where too few
 * failures (or successes) are expected for it: one stray failure must not pass for proof. `null` when one side has no
 * calls; 1 when nothing or everything failed on both sides.
 */
export function twoProportionP(ka: number, na: number, kb: number, nb: number): number | null {
  if (na === 0 || nb === 0) return null;
  const [k, n] = [ka + kb, na + nb];
  if (k === 0 || k === n) return 1;
  if ((Math.min(na, nb) * Math.min(k, n - k)) / n < FEWEST_EXPECTED) return exactP(ka, na, k, n);
  const pooled = k / n;
  const z = (ka / na - kb / nb) / Math.sqrt(pooled * (1 - pooled) * (1 / na + 1 / nb));
  return Math.min(1, 2 * normalTail(Math.abs(z)));
}

/** Tables as likely as the one seen count as such in spite of rounding. */
const AS_LIKELY = 1 + 1e-7;

/**
 * Two-sided p-value of Fisher's exact test: of all ways to deal `k` failures to `n` calls, those that give the first
 * `na` calls a number that is no likelier than the one seen.
 */
function exactP(ka: number, na: number, k: number, n: number): number {
  const first = Math.max(0, k - (n - na));
  const last = Math.min(na, k);
  // Likelihoods relative to the mode, by their ratio from one number to the next: nothing overflows.
  const mode = Math.min(last, Math.max(first, Math.floor(((na + 1) * (k + 1)) / (n + 2))));
  const likelihoods = new Map<number, number>([[mode, 1]]);
  for (let x = mode + 1, one = 1; x <= last; x++) {
    one *= ((na - x + 1) * (k - x + 1)) / (x * (n - na - k + x));
    likelihoods.set(x, one);
  }
  for (let x = mode - 1, one = 1; x >= first; x--) {
    one *= ((x + 1) * (n - na - k + x + 1)) / ((na - x) * (k - x));
    likelihoods.set(x, one);
  }
  const seen = (likelihoods.get(ka) ?? 0) * AS_LIKELY;
  let [all, rare] = [0, 0];
  for (const one of likelihoods.values()) {
    all += one;
    if (one <= seen) rare += one;
  }
  return Math.min(1, rare / all);
}
