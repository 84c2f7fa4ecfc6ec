import type { Owner } from "#lib/model/routing.ts";

import type { RouteText } from "./parse-route-text.ts";
import type { FileRule } from "./read-rules.ts";

const BY_HAND = "by hand or another tool";
const MARKER_PREFIX = "weft-";

export interface WrittenBefore {
  revision: string;
  marker: string;
}

export interface OwnerFacts {
  file: RouteText;
  revision: string;
  modifiedAtMs: number | null;
  rules: readonly FileRule[];
  /** What Weft remembers to have written to this file. */
  writes: readonly WrittenBefore[];
  /** The change that used a marker; `null` when nobody knows. */
  findChange: (marker: string) => string | null;
}

/**
 * Who last wrote a route file. Weft, when the bytes are those it remembers to have written; or, where it remembers no
 * write with the marker in the file (its memory was lost, or another Weft wrote), when version and route revision both carry it.
 */
export function ownerOf(facts: OwnerFacts): Owner {
  const since = facts.modifiedAtMs === null ? null : new Date(facts.modifiedAtMs).toISOString();
  const marker = writtenMarker(facts);
  if (marker === null) return { kind: "human", name: BY_HAND, since, changeId: null };
  return { kind: "weft", name: "Weft", since, changeId: facts.findChange(marker) };
}

function writtenMarker({ file, revision, rules, writes }: OwnerFacts): string | null {
  const own = writes.find((write) => write.revision === revision);
  if (own !== undefined) return own.marker;
  const marker = file.versionInfo;
  if (marker === null || !marker.startsWith(MARKER_PREFIX) || writes.some((write) => write.marker === marker)) return null;
  const revisions = rules.flatMap((rule) => revisionIn(file, rule) ?? []);
  return revisions.length === 0 || revisions.includes(marker) ? marker : null;
}

/** The revision that a route carries in its metadata, when it is a text. */
export function revisionIn(file: RouteText, rule: FileRule): string | null {
  const [, index, , host, , route] = rule.path;
  const entry = file.configs[Number(index)]?.virtual_hosts[Number(host)]?.routes[Number(route)];
  const revision = entry?.metadata?.filter_metadata?.["weft"]?.["revision"];
  return typeof revision === "string" ? revision : null;
}
