import { z } from "zod";

import { createMemory, Writes, type Memory } from "../files/memory.ts";

const Remembered = z.object({
  proxies: z.record(z.string(), z.array(z.object({ routeName: z.string(), path: z.string(), source: z.string() }))).default({}),
  clusters: z.record(z.string(), z.object({ nodeId: z.string(), service: z.string(), version: z.string().nullable() })).default({}),
  writes: Writes,
});

/**
 * What must outlive this process so that a proxy that is dead at the next start still counts, and Weft knows its own
 * writing again: subscriptions by proxy, who stands behind a target name, and the newest writes by file name.
 */
export type RoutingMemory = Memory<z.output<typeof Remembered>>;

/** `path` = a file of the data folder; `null` keeps it for this process only. */
export function createRoutingMemory(path: string | null): RoutingMemory {
  return createMemory(Remembered, path);
}
