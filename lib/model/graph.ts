import { z } from "zod";

import { NodeKind, Protocol } from "./ids.ts";
import { Red } from "./red.ts";
import { EdgeTls, TransportSecurity } from "./tls.ts";

/** `unknown` = no data, or data older than three intervals of its source. It is never drawn as healthy. */
export const HealthStatus = z.enum(["healthy", "degraded", "failing", "unknown"]);
export type HealthStatus = z.infer<typeof HealthStatus>;

/** A status with its reasons, each a sentence; empty for a healthy node. */
export const Health = z.object({ status: HealthStatus, reasons: z.array(z.string()) });
export type Health = z.infer<typeof Health>;

/** One version of a service, with the share of the service's requests that it got in the window (0 to 1). */
export const NodeVersion = z.object({
  version: z.string(),
  red: Red,
  share: z.number().nullable(),
  health: Health,
});
export type NodeVersion = z.infer<typeof NodeVersion>;

/** Thirty points over the window, oldest first; `null` = gap. */
export const Spark = z.object({
  stepMs: z.number(),
  rate: z.array(z.number().nullable()),
  errorRatio: z.array(z.number().nullable()),
});
export type Spark = z.infer<typeof Spark>;

/** A service (or gateway, external host, unknown peer) on the map. `red` sums its inbound edges. */
export const MeshNode = z.object({
  id: z.string(),
  kind: NodeKind,
  namespace: z.string().nullable(),
  service: z.string(),
  versions: z.array(NodeVersion),
  red: Red,
  spark: Spark,
  health: Health,
  /** How many of its proxies answered lately; `null` when none is known: it has none, or nobody whom Weft reads tells of them. */
  proxies: z.object({ n: z.number().int(), of: z.number().int() }).nullable(),
  /** Transport of its inbound requests, taken together. */
  tls: TransportSecurity,
  /** Ids of the sources that saw calls of it or to it, strongest first; empty = none did in this window. */
  seenBy: z.array(z.string()),
});
export type MeshNode = z.infer<typeof MeshNode>;

/** Traffic of one caller to one callee over one protocol. */
export const MeshEdge = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  protocol: Protocol,
  red: Red,
  health: Health,
  tls: EdgeTls,
  /** By version of the target; `version: null` = not told. */
  versions: z.array(z.object({ version: z.string().nullable(), red: Red })),
  /** The caller's final view, after its retries; `null` where the caller has no proxy. */
  callerRed: Red.nullable(),
  /** Attempts above the first, which `red` does not count; `null` where its teller counts each attempt as a request. */
  retries: z.number().int().nullable(),
  neverArrived: z.number().int(),
  flags: z.record(z.string(), z.number().int()),
  reporter: z.enum(["destination", "source"]),
  /** Ids of the sources that saw this edge. */
  seenBy: z.array(z.string()),
});
export type MeshEdge = z.infer<typeof MeshEdge>;

/** Counts for the headline: how many nodes stand in each status, and the whole mesh's requests and errors. */
export const GraphTotals = z.object({
  healthy: z.number().int(),
  degraded: z.number().int(),
  failing: z.number().int(),
  unknown: z.number().int(),
  /** Requests per second over all edges, and failed ones. */
  rate: z.number().nullable(),
  errorRate: z.number().nullable(),
});
export type GraphTotals = z.infer<typeof GraphTotals>;

export const MeshGraph = z.object({
  window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  nodes: z.array(MeshNode),
  edges: z.array(MeshEdge),
  totals: GraphTotals,
});
export type MeshGraph = z.infer<typeof MeshGraph>;

/** What changed between two graphs of one view: whole replacement objects, and ids that are gone. */
export const GraphDelta = z.object({
  window: MeshGraph.shape.window,
  totals: GraphTotals,
  nodes: z.array(MeshNode),
  edges: z.array(MeshEdge),
  removedNodes: z.array(z.string()),
  removedEdges: z.array(z.string()),
});
export type GraphDelta = z.infer<typeof GraphDelta>;
