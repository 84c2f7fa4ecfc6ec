import type { Owner } from "#lib/model/routing.ts";

import type { WrittenBefore } from "../files/memory.ts";
import { claimedMarker, ownerBy, rememberedMarker } from "../files/owner.ts";
import type { RouteText } from "./parse-route-text.ts";
import type { FileRule } from "./read-rules.ts";

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
  return ownerBy(writtenMarker(facts), facts);
}

function writtenMarker({ file, revision, rules, writes }: OwnerFacts): string | null {
  const own = rememberedMarker(writes, revision);
  if (own !== null) return own;
  const marker = claimedMarker(file.versionInfo, writes);
  if (marker === null) return null;
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
