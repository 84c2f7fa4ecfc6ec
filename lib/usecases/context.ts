import type { Clock } from "#lib/ports/time.ts";
import type { DemandTarget } from "#lib/ports/demand-target.ts";
import type { RoutingTarget } from "#lib/ports/routing-target.ts";
import type { SecuritySource } from "#lib/ports/security.ts";
import type { Feed, MetricsSource, TopologySource } from "#lib/ports/sources.ts";
import type { SpanArchive, TraceSource } from "#lib/ports/traces.ts";

/** The running sources that the verbs may ask. */
export interface MeshSources {
  topology: readonly TopologySource[];
  /** Strongest first: an edge takes its numbers from the first one that knows it. `null` = none is configured. */
  metrics: MetricsSource | null;
  routing: readonly RoutingTarget[];
  /** What workloads demand, where it can be written. */
  demands: readonly DemandTarget[];
  security: readonly SecuritySource[];
  feeds: readonly Feed[];
  /** Places outside that keep traces, in the order of the configuration; the archive is not among them. */
  traces: readonly TraceSource[];
  /** Weft's own spans; `null` = it receives none. */
  archive: SpanArchive | null;
}

/** What every verb gets besides its input: who asks, what time it is, and whom it may ask. */
export interface CallContext {
  /** Name shown in records: `local` on loopback without a login. */
  actor: string;
  clock: Clock;
  sources: MeshSources;
  signal?: AbortSignal;
}
