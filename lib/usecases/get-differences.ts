import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Differences } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { chooseTraceSource } from "./traces/choose-source.ts";
import { narrowFilter, type SelectionInput, toTraceFilter, type TraceConditionsInput } from "./traces/trace-filter.ts";

/** So many traces of each side tell a share to three points (Wilson, 95 %); more would only take longer. */
const MOST_TRACES = 1_000;

export interface GetDifferencesInput extends TraceConditionsInput {
  selection: SelectionInput;
  source?: string | undefined;
}

/**
 * What tells the selected traces from the others that meet the conditions. Errors: UNSUPPORTED without a source, INVALID
 * for conditions that cannot be met or read and for a selection of everything, and those of the source.
 */
export async function getDifferences(context: CallContext, input: GetDifferencesInput): Promise<Result<Sourced<Differences>>> {
  const source = chooseTraceSource(context, input.source);
  if (!source.ok) return source;
  const base = toTraceFilter(context.clock, input);
  if (!base.ok) return base;
  const selection = narrowFilter(base.value, input.selection);
  if (!selection.ok) return selection;
  return await source.value.differences(base.value, selection.value, MOST_TRACES, context.signal);
}
