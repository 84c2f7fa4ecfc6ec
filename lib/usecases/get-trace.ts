import type { Sourced } from "#lib/model/evidence.ts";
import { err, type Result, WeftError } from "#lib/model/errors.ts";
import type { Trace } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { chooseTraceSource, requireArchive, traceSources } from "./traces/choose-source.ts";

export interface GetTraceInput {
  /** 32 lower-case hex digits. */
  id: string;
  /** Id of the source to ask; left out = each in turn, Weft's own archive first. */
  source?: string | undefined;
}

/**
 * One trace with all its spans. Errors: NOT_FOUND when no source has it; where one could not be asked, its error instead,
 * because the trace may be there.
 */
export async function getTrace(context: CallContext, { id, source }: GetTraceInput): Promise<Result<Sourced<Trace>>> {
  const chosen = chooseTraceSource(context, source);
  if (!chosen.ok) return chosen;
  const candidates = source === undefined ? traceSources(context) : [chosen.value];
  let answer: Result<Sourced<Trace>> | null = null;
  for (const candidate of candidates) {
    const found = await candidate.trace(id, context.signal);
    if (found.ok) return found;
    if (answer === null || found.error.code !== "NOT_FOUND") answer = found;
  }
  return answer ?? err(new WeftError("NOT_FOUND", `There is no trace ${id}`, { field: "id" }));
}

/**
 * One trace as it was sent: an OTLP export request in its JSON form. Errors: UNSUPPORTED for any source but Weft's own
 * archive, which alone keeps spans as they came; NOT_FOUND.
 */
export async function exportTrace(context: CallContext, { id, source }: GetTraceInput): Promise<Result<string>> {
  const archive = requireArchive(context, "A trace can be exported");
  if (!archive.ok) return archive;
  if (source !== undefined && source !== archive.value.id) {
    const chosen = chooseTraceSource(context, source);
    if (!chosen.ok) return chosen;
    return err(
      new WeftError("UNSUPPORTED", `${source} does not keep spans as they were sent`, {
        field: "source",
        mend: `Leave the source out to export from ${archive.value.id}`,
      }),
    );
  }
  return await archive.value.otlpJson(id);
}
