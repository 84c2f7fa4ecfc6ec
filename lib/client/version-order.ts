import { byName } from "#lib/model/name-order.ts";

/** Versions in the order of their colours, the same on every page: by name, numbers by value, the nameless last. */
export function versionOrder(versions: Iterable<string | null>): (string | null)[] {
  return [...new Set(versions)].toSorted((a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return byName(a, b);
  });
}

/** A version's place among its siblings, for its colour. */
export function versionIndex(version: string | null, siblings: Iterable<string | null>): number {
  return Math.max(0, versionOrder(siblings).indexOf(version));
}
