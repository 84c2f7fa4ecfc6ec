import { err, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { SpanArchive } from "#lib/ports/traces.ts";

import type { QueryArguments, QueryName } from "./query-messages.ts";
import { QueryThread, type QueryThreadParts } from "./query-thread.ts";
import type { SpanEdges } from "./read-edges.ts";

export interface SpanArchiveParts extends Omit<QueryThreadParts, "sourceId"> {
  id: string;
  /** File of spans; asked at each call, for it may be another after the intake was started again. `null` = there is none. */
  location: () => string | null;
  /** State of whoever writes the file. */
  status: () => SourceStatus;
}

/** The archive as a source of traces, with what is closed at the end and what only a measurement asks. */
export interface SqliteSpanArchive extends SpanArchive {
  /** Calls from service to service, in whole minutes. */
  edges(window: TimeWindow, signal?: AbortSignal): Promise<Result<Sourced<SpanEdges>>>;
  stop(): Promise<void>;
}

/** Reads the file that `openSpanStore` writes, in a thread of its own. Nothing is started before the first question. */
export function createSpanArchive({ id, location, status, ...rest }: SpanArchiveParts): SqliteSpanArchive {
  const thread = new QueryThread({ sourceId: id, ...rest });
  const ask = async <N extends QueryName, T>(name: N, args: QueryArguments[N], signal?: AbortSignal): Promise<Result<T>> => {
    const path = location();
    if (path === null) {
      const options = { mend: "Look at the state of the intake of spans on the sources page", isRetryable: true, sourceId: id };
      return err(new WeftError("SOURCE_UNREACHABLE", "No archive of spans is open", options));
    }
    // The thread runs this repository's own reader, whose answers have the type of the call.
    return (await thread.ask(name, args, path, signal)) as Result<T>;
  };
  return {
    id,
    status,
    services: (signal) => ask("services", [], signal),
    find: (filter, limit, signal) => ask("find", [filter, limit], signal),
    trace: (traceId, signal) => ask("trace", [traceId], signal),
    differences: (base, selection, limit, signal) => ask("differences", [base, selection, limit], signal),
    operations: (window, service) => ask("operations", [window, service]),
    exemplars: (window, subject, limit) => ask("exemplars", [window, subject, limit]),
    edges: (window, signal) => ask("edges", [window], signal),
    async otlpJson(traceId) {
      const answer = await ask<"otlpJson", Sourced<string>>("otlpJson", [traceId]);
      return answer.ok ? { ok: true, value: answer.value.value } : answer;
    },
    stop: () => thread.stop(),
  };
}
