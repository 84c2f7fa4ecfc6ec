import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { TraceService } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { chooseTraceSource } from "./traces/choose-source.ts";

/** Services that have spans, with their operations. Errors: UNSUPPORTED without a source, and those of the source. */
export async function listTraceServices(
  context: CallContext,
  input: { source?: string | undefined },
): Promise<Result<Sourced<TraceService[]>>> {
  const source = chooseTraceSource(context, input.source);
  return source.ok ? await source.value.services(context.signal) : source;
}
