import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { OperationRed } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { requireArchive } from "./traces/choose-source.ts";

export interface ListOperationsInput {
  /** Id of the service in the graph. */
  service: string;
  windowMs: number;
}

/** Operations of a service by number of calls, up to now. Errors: UNSUPPORTED without an archive, and those of it. */
export async function listOperations(
  context: CallContext,
  { service, windowMs }: ListOperationsInput,
): Promise<Result<Sourced<OperationRed[]>>> {
  const archive = requireArchive(context, "Operations are counted");
  if (!archive.ok) return archive;
  const toMs = context.clock.nowMs();
  return await archive.value.operations({ fromMs: toMs - windowMs, toMs }, service);
}
