/**
 * Whole weights for shares (each 0 or more, not all 0) that add up to exactly `total`, by largest remainder. A larger
 * share never gets a smaller weight; equal remainders go to the larger share, then to the earlier. Throws `RangeError` for shares or a total
 * that cannot be shared out: a caller checks user input first.
 */
export function apportion(shares: readonly number[], total: number): number[] {
  if (!Number.isSafeInteger(total) || total < 0) throw new RangeError(`total ${total} is not a whole number`);
  if (!shares.every((share) => Number.isFinite(share) && share >= 0)) {
    throw new RangeError("every share must be 0 or more");
  }
  // Scaled by the largest first, so that neither tiny nor huge shares lose the sum to rounding.
  const largest = Math.max(0, ...shares);
  if (largest === 0) throw new RangeError("at least one share must be above 0");
  const scaled = shares.map((share) => share / largest);
  const sum = scaled.reduce((all, share) => all + share, 0);
  const exact = scaled.map((share) => (share / sum) * total);
  return settle(exact, total);
}

/** Floors every part, then hands out what is missing by largest remainder (and takes back what floating point gave too much). */
function settle(exact: readonly number[], total: number): number[] {
  const weights = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value), value }))
    .toSorted((a, b) => b.remainder - a.remainder || b.value - a.value || a.index - b.index);
  let missing = total - weights.reduce((all, weight) => all + weight, 0);
  for (let turn = 0; missing > 0; turn = (turn + 1) % order.length) {
    const slot = order[turn];
    if (slot === undefined) break;
    weights[slot.index] = (weights[slot.index] ?? 0) + 1;
    missing -= 1;
  }
  for (let turn = order.length - 1; missing < 0; turn = (turn + order.length - 1) % order.length) {
    const slot = order[turn];
    if (slot === undefined) break;
    const weight = weights[slot.index] ?? 0;
    if (weight > 0) {
      weights[slot.index] = weight - 1;
      missing += 1;
    }
  }
  return weights;
}

/** Shares (0 to 1) of whole weights; all 0 when the total is 0, so that nothing divides by zero. */
export function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (total === 0 ? 0 : weight / total));
}

/**
 * Gives one leg a weight and lets the others share the rest as they did before; the total stays. Where the others had
 * nothing, the first of them takes the rest. The asked weight is held between 0 and the total. With a single leg nothing
 * can move, and the weights come back as they were.
 */
export function moveLeg(weights: readonly number[], index: number, weight: number): number[] {
  const total = weights.reduce((all, one) => all + one, 0);
  if (weights.length < 2 || !(index in weights)) return [...weights];
  const held = Math.min(total, Math.max(0, Math.round(weight)));
  const others = weights.map((one, at) => (at === index ? 0 : one));
  const hasOthers = others.some((one) => one > 0);
  const firstOther = index === 0 ? 1 : 0;
  const rest = hasOthers ? apportion(others, total - held) : others.map((_, at) => (at === firstOther ? total - held : 0));
  return rest.map((one, at) => (at === index ? held : one));
}
