import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { NOTHING_KEPT } from "#lib/red/memory-reach.ts";

import { headlineOf, type Headline } from "./headline.ts";
import { needsLook, type NeedsLook } from "./needs-look.ts";

/** The title of a picture of the past. An empty one is told apart: nothing is kept of it, a source could not tell, or nobody called. */
export function pastHeadline({ value, notices }: Sourced<MeshGraph>): Headline {
  return value.edges.length > 0 ? headlineOf(value) : { status: "unknown", sentence: emptySentence(notices), nodeId: null };
}

function emptySentence(notices: readonly Notice[]): string {
  // Where a source refused or failed, it may well keep what the other does not.
  const hasFailed = notices.some(({ level, code }) => level === "error" && code !== NOTHING_KEPT);
  if (!hasFailed && notices.some(({ code }) => code === NOTHING_KEPT)) return "Nothing is kept of this moment";
  return notices.some(({ level }) => level !== "info") ? "Nothing is known of this moment" : "No call was seen in this window";
}

/** What needed a look then. A service that exists now and had no calls then need not have been there. */
export function pastNeedsLook(mesh: MeshGraph): NeedsLook[] {
  const met = new Set(mesh.edges.flatMap((edge) => [edge.source, edge.target]));
  return needsLook(mesh).filter(({ id }) => met.has(id));
}
