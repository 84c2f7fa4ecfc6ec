import type { SourceStatus } from "#lib/model/source.ts";
import type { MetricsSource, TopologySource } from "#lib/ports/sources.ts";

/** What a source of traffic counts: requests that proxies saw (`mesh`), or calls that somebody worked out from spans (`graph`). */
export type TellingRank = "mesh" | "graph";

/** One source of traffic with its place among the others: `mesh` comes before spans of Weft's own, `graph` after them. */
export interface Telling {
  rank: TellingRank;
  source: MetricsSource;
}

/** One configured place of metrics at work. What it tells may change while it runs: metrics come, a store comes back. */
export interface MetricsReader {
  readonly id: string;
  /** Whether it ever answered. Before that nothing should wait for it where others tell of the mesh. */
  readonly isKnown: boolean;
  /** Begins to look what is there, and to look again by itself. */
  start(): void;
  /** Resolves once the first look is over, whatever it brought, or has taken as long as an answer may; at once when nothing was started. */
  settled(): Promise<void>;
  /** Strongest first; never empty, so that somebody says why nothing is told. */
  tellings(): readonly Telling[];
  /** Who exists by what it tells; empty until it answered. */
  topology(): readonly TopologySource[];
  /** One for each kind of telemetry that is read; never empty. */
  statuses(): readonly SourceStatus[];
  /** Looks no more, and closes connections of its own. */
  close(): Promise<void>;
}
