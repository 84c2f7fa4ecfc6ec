import { useState } from "react";

import { cardSize } from "../model/card-size.ts";
import type { DrawnGraph } from "../model/drawn-graph.ts";

/** The same object for as long as nothing came, went or changed its size: new numbers then compute no curve anew. */
export function useStructure(graph: DrawnGraph): DrawnGraph {
  const [kept, setKept] = useState(graph);
  if (kept === graph || hasSameStructure(kept, graph)) return kept;
  setKept(graph);
  return graph;
}

function hasSameStructure(a: DrawnGraph, b: DrawnGraph): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.edges.length === b.edges.length &&
    a.edges.every((edge, index) => edge.id === b.edges[index]?.id) &&
    a.nodes.every((node, index) => {
      const other = b.nodes[index];
      return other !== undefined && node.id === other.id && cardSize(node, true).height === cardSize(other, true).height;
    })
  );
}
