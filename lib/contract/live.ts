import { z } from "zod";

import { Change } from "#lib/model/change.ts";
import { sourcedSchema } from "#lib/model/evidence.ts";
import { GraphDelta, MeshGraph } from "#lib/model/graph.ts";
import { SourceStatus } from "#lib/model/source.ts";

/** Server-sent events of `/api/live`, by event name; `data` is the JSON below. */
export const LiveEvents = {
  /** First event of every connection: the whole view and all changes that have not ended. */
  snapshot: z.object({
    graph: sourcedSchema(MeshGraph).nullable(),
    changes: z.array(Change),
    sources: z.array(SourceStatus),
  }),
  /** Every two seconds: whole replacement objects for what changed. */
  delta: sourcedSchema(GraphDelta),
  change: Change,
  source: SourceStatus,
} as const;
