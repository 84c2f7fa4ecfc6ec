import type { Sourced } from "#lib/model/evidence.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { edgeId, Protocol } from "#lib/model/ids.ts";
import type { Exemplar } from "#lib/model/trace.ts";
import type { ExemplarSubject } from "#lib/ports/traces.ts";

import type { CallContext } from "./context.ts";
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
  const subject = readSubject(input.subject);
  if (!subject.ok) return subject;
  const window = windowOf(context.clock, input);
  if (!window.ok) return window;
  return await archive.value.exemplars(window.value, subject.value, input.limit);
}

function readSubject(text: string): Result<ExemplarSubject> {
  const [kind, id] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  if (kind === "service" && id !== "") return ok({ source: null, target: id });
  const [source, target, last, ...more] = id.split("|");
  const protocol = Protocol.safeParse(last);
  if (kind === "edge" && source && target && protocol.success && more.length === 0 && edgeId(source, target, protocol.data) === id) {
    return ok({ source, target });
  }
  return err(
    new WeftError("INVALID", `${text} is neither a service nor an edge`, {
      field: "subject",
      mend: "Give service:<id>, or edge:<source>|<target>|<protocol>",
    }),
  );
}
