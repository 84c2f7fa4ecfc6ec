import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Exemplar } from "#lib/model/trace.ts";

import type { CallContext } from "./context.ts";
import { readSubject } from "./read-subject.ts";
import { requireArchive } from "./traces/choose-source.ts";
import { windowOf } from "./traces/trace-filter.ts";

export interface ListExemplarsInput {
  /** `service:<node id>` or `edge:<edge id>`. */
  subject: string;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  windowMs: number;
  limit: number;
}

/** A few requests behind a chart. Errors: UNSUPPORTED without an archive, INVALID for a subject that is none, and those of it. */
export async function listExemplars(context: CallContext, input: ListExemplarsInput): Promise<Result<Sourced<Exemplar[]>>> {
  const archive = requireArchive(context, "Single requests can be shown");
  if (!archive.ok) return archive;
  const read = readSubject(input.subject);
  if (!read.ok) return read;
  const subject = read.value.kind === "service" ? { source: null, target: read.value.id } : read.value;
  const window = windowOf(context.clock, input);
  if (!window.ok) return window;
  return await archive.value.exemplars(window.value, { source: subject.source, target: subject.target }, input.limit);
}
