import { WeftError, type ErrorCode } from "#lib/model/errors.ts";
import type { TrafficSample } from "#lib/ports/series-store.ts";

import type { IngestLimits } from "./limits.ts";
import type { IngestPorts } from "./ports.ts";
import type { IngestStats } from "./stats.ts";

/** What the worker is told at its start. `store` is handed to whatever opens the store; it must survive a structured clone. */
export interface WorkerOrder {
  host: string;
  ports: IngestPorts;
  limits: IngestLimits;
  store: unknown;
}

/** A `WeftError` on its way between threads: classes and causes do not survive a structured clone. */
export interface PlainError {
  code: ErrorCode;
  message: string;
  field: string | null;
  mend: string | null;
}

/** From the worker. `ready` and `failed` come once; `tick` every second, and last of all before `stopped`. */
export type WorkerMessage =
  | { type: "ready"; ports: IngestPorts; storePath: string | null; stats: IngestStats }
  | { type: "failed"; error: PlainError }
  | { type: "tick"; rows: TrafficSample[]; stats: IngestStats }
  | { type: "stopped" };

/** To the worker. */
export interface StopMessage {
  type: "stop";
}

export function toPlain(error: unknown): PlainError {
  if (error instanceof WeftError) return { code: error.code, message: error.message, field: error.field, mend: error.mend };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error), field: null, mend: null };
}

export function fromPlain({ code, message, field, mend }: PlainError): WeftError {
  return new WeftError(code, message, { ...(field === null ? {} : { field }), ...(mend === null ? {} : { mend }) });
}
