import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { OperationRed } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { requireArchive } from "./traces/choose-source.ts";

export interface ListOperationsInput {
  /** Id of the service in the graph. */
  service: string;
  windowMs: number;
  /** End of the window, epoch milliseconds; left out, or not come yet = now. */
  atMs?: number | undefined;
}

/** Operations of a service by number of calls, up to now or to an instant. Errors: UNSUPPORTED without an archive, and those of it. */
export async function listOperations(
  context: CallContext,
  { service, windowMs, atMs }: ListOperationsInput,
): Promise<Result<Sourced<OperationRed[]>>> {
  const archive = requireArchive(context, "Operations are counted");
  if (!archive.ok) return archive;
  const toMs = Math.min(atMs ?? Number.POSITIVE_INFINITY, context.clock.nowMs());
  return await archive.value.operations({ fromMs: toMs - windowMs, toMs }, service);
}
