import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { Certificate, Proxy, Topology, Upstream } from "#lib/model/topology.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import type { CountSteps, TrafficRow, TrafficSteps } from "./series-store.ts";

/** Something that runs by itself, and writes what it learns into the `SeriesStore`. */
export interface Feed {
  readonly id: string;
  start(): void;
  /** Stops polling and waits until nothing is under way. */
  stop(): Promise<void>;
  status(): SourceStatus;
}

/** Who exists: services, proxies, and what their configuration declares. Empty lists when nothing is known yet. */
export interface TopologySource {
  readonly id: string;
  topology(signal?: AbortSignal): Promise<Result<Sourced<Topology>>>;
  /** One proxy with its targets, certificates and configuration by kind; secrets are masked. */
  proxy(id: string, signal?: AbortSignal): Promise<Result<Sourced<ProxyDetail>>>;
}

/** A proxy in depth. `config` holds the proxy's own answer by kind, as text, with every secret masked. */
export interface ProxyDetail {
  proxy: Proxy;
  upstreams: Upstream[];
  certificates: Certificate[];
  config: { kind: string; text: string }[];
}

/** How much traffic flowed. Each row says which key it belongs to; nothing is double counted within one source. `signal` gives a question up that nobody waits for any more. */
export interface MetricsSource {
  readonly id: string;
  /** A report covers at most this much time before the instant that it is booked at, milliseconds. */
  readonly reportMs: number;
  /** The sources that this one puts together, strongest first, each with a `reportMs` of its own; left out = it counts by itself. */
  readonly layers?: readonly MetricsSource[];
  /** Sums over a window; the answer names the window it really covers. */
  traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>>;
  /** The same in steps, for charts. A step nobody reported is a gap. */
  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSteps>>>;
  /** Requests and errors of every target in equal steps, for sparklines. */
  countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>>;
}

/** Traffic with who tells of it. */
export interface ToldRow extends TrafficRow {
  /** Id of the one source that these numbers come from. */
  toldBy: string;
  /** Ids of all sources that saw this edge in the window, strongest first. */
  seenBy: readonly string[];
}

export interface TrafficSum {
  window: TimeWindow;
  /** By source: the window that its numbers are of, where that is another one. */
  windows?: Readonly<Record<string, TimeWindow>>;
  /** Ids of the sources that were asked, strongest first. */
  sources: readonly string[];
  rows: ToldRow[];
}
