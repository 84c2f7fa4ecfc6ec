import type { Owner } from "#lib/model/routing.ts";

import type { WrittenBefore } from "./memory.ts";

const BY_HAND = "by hand or another tool";
const MARKER_PREFIX = "weft-";

/** Weft's marker when the bytes are those it remembers to have written; else `null`. */
export function rememberedMarker(writes: readonly WrittenBefore[], revision: string): string | null {
  return writes.find((write) => write.revision === revision)?.marker ?? null;
}

/**
 * The marker that a version claims, where Weft remembers no write with it: its memory was lost, or another Weft wrote. A
 * remembered marker with other bytes is somebody's edit of what Weft wrote.
 */
export function claimedMarker(versionInfo: string | null, writes: readonly WrittenBefore[]): string | null {
  if (versionInfo === null || !versionInfo.startsWith(MARKER_PREFIX)) return null;
  return writes.some((write) => write.marker === versionInfo) ? null : versionInfo;
}

interface LastWrite {
  modifiedAtMs: number | null;
  /** The change that used a marker; `null` when nobody knows. */
  findChange: (marker: string) => string | null;
}

/** Weft for a marker, somebody else without one. */
export function ownerBy(marker: string | null, { modifiedAtMs, findChange }: LastWrite): Owner {
  const since = isoOf(modifiedAtMs);
  if (marker === null) return { kind: "human", name: BY_HAND, since, changeId: null };
  return { kind: "weft", name: "Weft", since, changeId: findChange(marker) };
}

/** For a text that cannot be read as what it should be. */
export function unknownOwner(modifiedAtMs: number | null): Owner {
  return { kind: "unknown", name: "not known", since: isoOf(modifiedAtMs), changeId: null };
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
