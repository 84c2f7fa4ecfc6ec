import type { Protocol } from "#lib/model/ids.ts";
import type { TimeWindow, TransportCounts } from "#lib/model/red.ts";
import type { CertificateFacts } from "#lib/model/security.ts";
import type {
  CertificateChange,
  DecisionFacts,
  DialFacts,
  ListenerFacts,
  ObservedCalls,
  RefusedConnections,
  StageFacts,
} from "#lib/model/security-facts.ts";

/** A fact and the id of the source that tells it. */
export type Told<T> = T & { readonly toldBy: string };

/** All that all sources know, each edge, proxy and certificate from one of them only. */
export interface SecurityPicture {
  /** Since when every source that saw anything watches; `null` = none did. */
  observedSinceMs: number | null;
  /** What the counts of all sources together cover; `null` = no source answered. */
  window: TimeWindow | null;
  calls: readonly Told<ObservedCalls>[];
  refusals: readonly Told<RefusedConnections>[];
  listeners: readonly Told<ListenerFacts>[];
  dials: readonly Told<DialFacts>[];
  certificates: readonly Told<CertificateFacts>[];
  events: readonly Told<CertificateChange>[];
  stages: readonly Told<StageFacts>[];
  decisions: readonly Told<DecisionFacts>[];
}

/** Traffic of one edge in the window, as the map counts it. */
export interface EdgeLoad {
  id: string;
  source: string;
  target: string;
  protocol: Protocol;
  /** Requests per second; `null` = not known. */
  rate: number | null;
  /** Requests that arrived, whatever their transport; by their callers' count where the target told nothing. */
  arrived: number;
  transport: TransportCounts;
  toldBy: string;
}
