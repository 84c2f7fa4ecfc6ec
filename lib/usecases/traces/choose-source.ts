import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { SpanArchive, TraceSource } from "#lib/ports/traces.ts";

import type { CallContext } from "../context.ts";

/** Every place that keeps traces, Weft's own archive first. */
export function traceSources({ sources }: CallContext): readonly TraceSource[] {
  return sources.archive === null ? sources.traces : [sources.archive, ...sources.traces];
}

function noSource(): WeftError {
  return new WeftError("UNSUPPORTED", "No source of traces is configured", {
    mend: "Let Weft receive OTLP, or configure a place that keeps traces",
  });
}

/**
 * The source that a caller named, else Weft's own archive, else the first one configured. Errors: UNSUPPORTED when there is
 * none; NOT_FOUND for a name that no source has.
 */
export function chooseTraceSource(context: CallContext, id: string | undefined): Result<TraceSource> {
  const all = traceSources(context);
  const [first] = all;
  if (first === undefined) return err(noSource());
  if (id === undefined) return ok(first);
  const named = all.find((source) => source.id === id);
  if (named !== undefined) return ok(named);
  return err(
    new WeftError("NOT_FOUND", `There is no source of traces ${id}`, {
      field: "source",
      mend: `Choose one of: ${all.map((source) => source.id).join(", ")}`,
    }),
  );
}

/** Weft's own archive. Errors: UNSUPPORTED when it keeps none; `what` names what cannot be told then. */
export function requireArchive({ sources }: CallContext, what: string): Result<SpanArchive> {
  if (sources.archive !== null) return ok(sources.archive);
  return err(
    new WeftError("UNSUPPORTED", `${what} only from spans that Weft received itself, and it receives none`, {
      mend: "Let Weft receive OTLP, and send spans to it",
    }),
  );
}
