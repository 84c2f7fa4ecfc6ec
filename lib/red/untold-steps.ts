/** Sum over a step and its two neighbours. */
function around(numbers: readonly number[], index: number): number {
  return (numbers[index - 1] ?? 0) + (numbers[index] ?? 0) + (numbers[index + 1] ?? 0);
}

/**
 * For equal steps of one target: in which of them it was called and told nothing, so that its numbers are not known. Both
 * ends report at moments of their own: a call may be counted one step before or after its caller tells of it, so a step
 * without a count is told as long as its neighbours account for the calls.
 */
export function untoldSteps(counts: readonly number[], callerCounts: readonly number[]): boolean[] {
  return counts.map((count, index) => {
    if (count > 0 || (callerCounts[index] ?? 0) === 0) return false;
    return around(counts, index) * 2 < around(callerCounts, index);
  });
}
