import type { Box } from "./geometry.ts";

/** Where an arrow key leads on the map. */
export type Step = "caller" | "callee" | "previous" | "next";

export interface WalkGraph {
  /** Cards by id, as placed. */
  cards: ReadonlyMap<string, Box>;
  edges: readonly { source: string; target: string }[];
}

/**
 * The card that an arrow key leads to: right along a call, left back along one (of several the nearest in height, then
 * the upper one), up and down to the next card of the same callers or callees. `null` = nothing there.
 */
export function walk(graph: WalkGraph, from: string, step: Step): string | null {
  const card = graph.cards.get(from);
  if (card === undefined) return null;
  if (step === "caller") return nearest(graph, card, callersOf(graph, from));
  if (step === "callee") return nearest(graph, card, calleesOf(graph, from));
  return sibling(graph, from, card, step);
}

function callersOf(graph: WalkGraph, id: string): string[] {
  return graph.edges.flatMap((edge) => (edge.target === id && edge.source !== id ? [edge.source] : []));
}

function calleesOf(graph: WalkGraph, id: string): string[] {
  return graph.edges.flatMap((edge) => (edge.source === id && edge.target !== id ? [edge.target] : []));
}

function nearest(graph: WalkGraph, card: Box, ids: readonly string[]): string | null {
  const placed = ids.flatMap((id) => {
    const box = graph.cards.get(id);
    return box === undefined ? [] : [{ id, box, distance: Math.abs(box.y - card.y) }];
  });
  placed.sort((a, b) => a.distance - b.distance || a.box.y - b.box.y || (a.id < b.id ? -1 : 1));
  return placed[0]?.id ?? null;
}

/** Siblings share a caller or a callee; a card without any walks through its column, then through all cards. */
function sibling(graph: WalkGraph, from: string, card: Box, step: "previous" | "next"): string | null {
  const related = new Set([
    ...callersOf(graph, from).flatMap((caller) => calleesOf(graph, caller)),
    ...calleesOf(graph, from).flatMap((callee) => callersOf(graph, callee)),
  ]);
  related.delete(from);
  const column = [...graph.cards].flatMap(([id, box]) =>
    id !== from && Math.abs(box.x - card.x) < (box.width + card.width) / 2 ? [id] : [],
  );
  return (
    beyond(graph, card, [...related, ...column], step) ??
    beyond(
      graph,
      card,
      [...graph.cards.keys()].filter((id) => id !== from),
      step,
    )
  );
}

function beyond(graph: WalkGraph, card: Box, ids: readonly string[], step: "previous" | "next"): string | null {
  const way = step === "next" ? 1 : -1;
  const placed = ids.flatMap((id) => {
    const box = graph.cards.get(id);
    const distance = box === undefined ? 0 : (box.y - card.y) * way;
    return box === undefined || distance <= 0.5 ? [] : [{ id, distance, aside: Math.abs(box.x - card.x) }];
  });
  placed.sort((a, b) => a.distance - b.distance || a.aside - b.aside || (a.id < b.id ? -1 : 1));
  return placed[0]?.id ?? null;
}
