import type { TransportSecurity } from "#lib/model/tls.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import type { PlacedCard } from "../model/columns.ts";
import type { DrawnGraph } from "../model/drawn-graph.ts";
import { top } from "../model/geometry.ts";

export interface PeerCaptionsProps {
  graph: DrawnGraph;
  cards: ReadonlyMap<string, PlacedCard>;
}

const TRANSPORT: Readonly<Record<TransportSecurity, string>> = {
  mutual: " · mTLS",
  oneWay: " · TLS, not mTLS",
  plaintext: " · plaintext",
  mixed: " · partly plaintext",
  unknown: "",
};

/** Over the card of a host outside the mesh: that it is outside, and how it is spoken to. */
export function PeerCaptions({ graph, cards }: PeerCaptionsProps) {
  return graph.nodes.map((drawn) => {
    const card = cards.get(drawn.id);
    if (card === undefined || drawn.kind === "namespace" || drawn.node.kind !== "external" || drawn.id === INTERNET_ID) return null;
    return (
      <span
        key={drawn.id}
        className="absolute -translate-x-full -translate-y-full whitespace-nowrap text-11 leading-none text-text-3"
        style={{ left: card.x + card.width / 2, top: top(card) - 6 }}
      >
        external{TRANSPORT[drawn.node.tls]}
      </span>
    );
  });
}
