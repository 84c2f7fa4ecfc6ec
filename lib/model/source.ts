import { z } from "zod";

/** Id of the source that counts Weft's own archive of spans. */
export const SPANS_ID = "spans";

/** State of one source. `degraded` = it answers, but parts are missing. */
export const SourceState = z.enum(["healthy", "degraded", "down", "starting"]);
export type SourceState = z.infer<typeof SourceState>;

/** One configured source, what it gives and what its absence takes away. */
export const SourceStatus = z.object({
  id: z.string(),
  kind: z.string(),
  state: SourceState,
  /** ISO time since when the state holds. */
  since: z.iso.datetime(),
  address: z.string(),
  gives: z.array(z.string()),
  /** What is missing on the screen while it is down. */
  dims: z.array(z.string()),
  newestData: z.iso.datetime().nullable(),
  answeredInMs: z.number().nullable(),
  /** How many of its parts answer (for proxies: how many proxies). */
  coverage: z.object({ n: z.number().int(), of: z.number().int() }),
  lastError: z.string().nullable(),
  mend: z.string().nullable(),
  /** Parts that do not answer or say less than they could, each with what mends it; and plain facts, whose `mend` is `null`. */
  findings: z.array(z.object({ subject: z.string(), text: z.string(), mend: z.string().nullable() })),
});
export type SourceStatus = z.infer<typeof SourceStatus>;
