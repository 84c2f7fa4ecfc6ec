// Made once: a comparison that makes its own costs more than all else that draws a map.
const collator = new Intl.Collator("en", { numeric: true });

/** Order of names as readers expect it, for `toSorted`: numbers in them by size, so that `v2` stands before `v10`. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b);
}
