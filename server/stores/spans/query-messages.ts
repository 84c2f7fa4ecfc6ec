import { type ErrorCode, WeftError } from "#lib/model/errors.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { TraceFilter } from "#lib/model/trace.ts";
import type { ExemplarSubject } from "#lib/ports/traces.ts";

/** Calls that the thread of queries answers, and what they take. */
export interface QueryArguments {
  services: [];
  find: [filter: TraceFilter, limit: number];
  trace: [id: string];
  otlpJson: [id: string];
  differences: [base: TraceFilter, selection: TraceFilter, limit: number];
  operations: [window: TimeWindow, service: string];
  exemplars: [window: TimeWindow, subject: ExemplarSubject, limit: number];
  edges: [window: TimeWindow];
}

export type QueryName = keyof QueryArguments;

type QueryCall = { [N in QueryName]: { name: N; args: QueryArguments[N] } }[QueryName];

/** To the thread. `gaveUp[0]` becomes 1 when nobody waits for the answer any more. */
export type QueryMessage = QueryCall & {
  id: number;
  path: string;
  nowMs: number;
  deadlineMs: number;
  gaveUp: Int32Array<SharedArrayBuffer>;
};

/** A `WeftError` on its way between threads: classes and causes do not survive a structured clone. */
export interface PlainError {
  code: ErrorCode;
  message: string;
  field: string | null;
  mend: string | null;
  isRetryable: boolean;
  sourceId: string | null;
}

export type QueryReply = { id: number; ok: true; value: unknown } | { id: number; ok: false; error: PlainError };

export function toPlain({ code, message, field, mend, isRetryable, sourceId }: WeftError): PlainError {
  return { code, message, field, mend, isRetryable, sourceId };
}

export function fromPlain({ code, message, field, mend, isRetryable, sourceId }: PlainError): WeftError {
  return new WeftError(code, message, {
    isRetryable,
    ...(field === null ? {} : { field }),
    ...(mend === null ? {} : { mend }),
    ...(sourceId === null ? {} : { sourceId }),
  });
}
