import { z } from "zod";

import { createMemory, Writes, type Memory } from "../files/memory.ts";

/** What one proxy told of itself: the file of its listeners, and the node id of its workload. `null` = none, or not known. */
const Told = z.object({ path: z.string().nullable(), workload: z.string().nullable() });
export type Told = z.output<typeof Told>;

const Remembered = z.object({ proxies: z.record(z.string(), Told).default({}), writes: Writes });

/** What must outlive this process so that a dead proxy still counts, and Weft knows its own writing again. */
export type ListenerMemory = Memory<z.output<typeof Remembered>>;

/** `path` = a file of the data folder; `null` keeps it for this process only. */
export function createListenerMemory(path: string | null): ListenerMemory {
  return createMemory(Remembered, path);
}
