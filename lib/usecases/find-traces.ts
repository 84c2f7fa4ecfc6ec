import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { TraceSearch } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { chooseTraceSource } from "./traces/choose-source.ts";
import { toTraceFilter, type TraceConditionsInput } from "./traces/trace-filter.ts";

export interface FindTracesInput extends TraceConditionsInput {
  limit: number;
  /** Where `toMs` is left out: the window ends so long before now. */
  settleMs?: number | undefined;
  /** Id of the source to ask; left out = Weft's own archive, else the first one configured. */
  source?: string | undefined;
}

/**
 * Traces that meet the conditions, newest first. Errors: UNSUPPORTED without a source, NOT_FOUND for one that is not there,
 * INVALID for conditions that cannot be met or read, and those of the source.
 */
export async function findTraces(context: CallContext, input: FindTracesInput): Promise<Result<Sourced<TraceSearch>>> {
  const source = chooseTraceSource(context, input.source);
  if (!source.ok) return source;
  const nowMs = context.clock.nowMs();
  const settledMs = nowMs - (input.settleMs ?? 0);
  // Who asks for the last seconds alone gets them, half here as they may be.
  const isRecent = input.fromMs !== undefined && input.fromMs >= settledMs;
  const toMs = input.toMs ?? (isRecent ? nowMs : settledMs);
  const filter = toTraceFilter(context.clock, { ...input, toMs });
  if (!filter.ok) return filter;
  return await source.value.find(filter.value, input.limit, context.signal);
}
