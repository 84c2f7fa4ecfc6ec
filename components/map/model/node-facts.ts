import type { MeshGraph } from "#lib/model/graph.ts";
import type { TransportSecurity } from "#lib/model/tls.ts";

/** What a card shows that its node alone does not tell. */
export interface NodeFacts {
  /** All that reaches it are connections, not requests: there is no latency to show. */
  isTcp: boolean;
  /** Requests per second that it sends; `null` when it sends none or the rate is not known. */
  outRate: number | null;
  /** Transport of what it sends; `unknown` when it sends nothing. */
  outTransport: TransportSecurity;
}

export const NO_FACTS: NodeFacts = { isTcp: false, outRate: null, outTransport: "unknown" };

export function nodeFacts(mesh: MeshGraph): Map<string, NodeFacts> {
  const facts = new Map<string, NodeFacts>();
  const calledBy = new Map<string, Set<string>>();
  for (const edge of mesh.edges) {
    const protocols = calledBy.get(edge.target);
    if (protocols === undefined) calledBy.set(edge.target, new Set([edge.protocol]));
    else protocols.add(edge.protocol);
    const { outRate, outTransport } = facts.get(edge.source) ?? NO_FACTS;
    facts.set(edge.source, {
      isTcp: false,
      outRate: edge.red.rate === null ? outRate : (outRate ?? 0) + edge.red.rate,
      outTransport: outTransport === "unknown" || outTransport === edge.tls.observed ? edge.tls.observed : "mixed",
    });
  }
  for (const [id, protocols] of calledBy) {
    if (protocols.size === 1 && protocols.has("tcp")) facts.set(id, { ...(facts.get(id) ?? NO_FACTS), isTcp: true });
  }
  return facts;
}
