import { Tally } from "../ledger/tally.ts";
import type { AppFaults } from "./messages.ts";
import type { SpanExporter } from "./spans.ts";

/** What all applications of one process share. */
export interface Runtime {
  readonly seed: number;
  readonly tally: Tally;
  readonly spans: SpanExporter;
  /** Replaced as a whole when faults are set. */
  faults: AppFaults;
  /** Requests being worked on or waited for. */
  inFlight: number;
}

export const NO_FAULTS: AppFaults = {
  errors: {},
  delays: {},
  stopped: [],
  load: { running: false, pagesPerSecond: 0, jobs: [] },
};

export function createRuntime(seed: number, spans: SpanExporter): Runtime {
  return { seed, tally: new Tally(), spans, faults: NO_FAULTS, inFlight: 0 };
}

/** A server that can go down and come back on its port. */
export interface AppServer {
  readonly service: string;
  readonly version: string | null;
  start(): Promise<void>;
  /** Closes at once, as a crash would: calls being answered are cut off. */
  stop(): Promise<void>;
}

/** The setting for an application: that of its version before that of its service. */
export function settingFor<T>(settings: Readonly<Record<string, T>>, service: string, version: string | null): T | undefined {
  return settings[`${service}@${version ?? ""}`] ?? settings[service];
}
