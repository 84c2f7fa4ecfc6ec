/** A stream of numbers in [0, 1). */
export type Draws = () => number;

/**
 * A stream that depends on the seed and the labels alone. Every request carries a label of its own, so what happens to it is the
 * same in every run of a seed, however the requests of that run overtake each other.
 */
export function drawsFor(seed: number, ...labels: readonly string[]): Draws {
  let state = fnv1a(`${seed}|${labels.join("|")}`);
  return () => {
    // splitmix32 (Steele, Lea, Flood 2014, with the 32-bit constants of Mulvey): good enough to look like chance, cheap, and seedable.
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}

/** A draw from the normal distribution (Box-Muller; one draw of the pair is thrown away to keep streams short and simple). */
export function normal(draws: Draws, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draws()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * draws());
}

const Z95 = 1.645;

/** A draw from the log-normal distribution with that median and 95th percentile: the usual shape of service times. */
export function logNormal(draws: Draws, p50: number, p95: number): number {
  return p50 * Math.exp((Math.log(p95 / p50) / Z95) * normal(draws, 0, 1));
}

/** Waiting time until the next arrival of a Poisson process, in milliseconds. */
export function exponentialMs(draws: Draws, perSecond: number): number {
  return (-Math.log(1 - draws()) / perSecond) * 1_000;
}
