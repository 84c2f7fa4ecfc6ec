/** Maps with at most `width` calls under way; answers in the order of `items`. */
export async function inBatches<T, U>(items: readonly T[], width: number, map: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = Array.from({ length: items.length });
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next; index < items.length; index = next) {
      next = index + 1;
      const item = items[index];
      if (item !== undefined) results[index] = await map(item);
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return results;
}
