import type { Notice } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { Topology } from "#lib/model/topology.ts";
import { NOTHING_KEPT } from "#lib/red/memory-reach.ts";

/** Windows are widened to the steps that a source keeps; less than this is not worth a word, milliseconds. */
const WORTH_SAYING_MS = 1_500;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Said of every answer about a past window: nobody keeps how the mesh was set up then. */
export function asOfNow({ toMs }: TimeWindow): Notice {
  return {
    level: "info",
    code: "as-of-now",
    text: `Requests and errors are of ${iso(toMs)}; which services there are, routes, proxies and encryption demands are as they are now`,
    source: null,
    mend: null,
  };
}

/** Said where a source keeps the past in coarser steps, or only a part of it: the numbers are of another window than was asked for. */
export function otherWindow(asked: TimeWindow, covered: TimeWindow): Notice | null {
  const isSame = Math.abs(asked.fromMs - covered.fromMs) < WORTH_SAYING_MS && Math.abs(asked.toMs - covered.toMs) < WORTH_SAYING_MS;
  if (isSame) return null;
  const seconds = Math.round((covered.toMs - covered.fromMs) / 1_000);
  const text = `Counted are ${seconds} s, from ${iso(covered.fromMs)} to ${iso(covered.toMs)}: that is how this moment is kept`;
  return { level: "info", code: "other-window", text, source: null, mend: null };
}

/** Who exists, without what proxies and endpoints say of themselves now: that is no evidence of how things stood before. */
export function withoutPresentState(topology: Topology): Topology {
  return { ...topology, services: topology.services.map((service) => ({ ...service, versions: [], endpoints: null })) };
}

/** A graph of which nothing is kept: no service is said to have had no calls. */
export function saidToBeUnkept(graph: MeshGraph, notices: readonly Notice[]): MeshGraph {
  const isUnkept = notices.some((notice) => notice.code === NOTHING_KEPT);
  if (!isUnkept || graph.edges.length > 0) return graph;
  const health = { status: "unknown" as const, reasons: ["Nothing is kept of this window"] };
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, health })) };
}
