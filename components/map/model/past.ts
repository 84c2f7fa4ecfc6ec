import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { NOTHING_KEPT } from "#lib/red/memory-reach.ts";

import { headlineOf, type Headline } from "./headline.ts";
import { needsLook, type NeedsLook } from "./needs-look.ts";

/** What a source says that remembers nothing of the window; `undefined` = all remember something. */
export function unkeptNotice(notices: readonly Notice[]): Notice | undefined {
  return notices.find((notice) => notice.code === NOTHING_KEPT);
}

/** The title of a picture of the past. An empty one is told apart: of some moments nothing is kept, in others nobody called. */
export function pastHeadline({ value, notices }: Sourced<MeshGraph>): Headline {
  if (value.edges.length > 0) return headlineOf(value);
  const sentence = unkeptNotice(notices) === undefined ? "No call was seen in this window" : "Nothing is kept of this moment";
  return { status: "unknown", sentence, nodeId: null };
}

/** What needed a look then. A service that exists now and had no calls then need not have been there. */
export function pastNeedsLook(mesh: MeshGraph): NeedsLook[] {
  const met = new Set(mesh.edges.flatMap((edge) => [edge.source, edge.target]));
  return needsLook(mesh).filter(({ id }) => met.has(id));
}
