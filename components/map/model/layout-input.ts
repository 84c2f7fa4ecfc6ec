import { INTERNET_ID } from "#lib/model/ids.ts";

import { placeSize } from "./card-size.ts";
import type { DrawnGraph } from "./drawn-graph.ts";
import type { Point, Size } from "./geometry.ts";

export interface LayoutNode extends Size {
  id: string;
  /** Nodes of one group stand together in every column; `null` = on its own. */
  group: string | null;
}

/** What a layout depends on: who is there and who calls whom. No numbers, so that new numbers move nothing. */
export interface LayoutInput {
  nodes: LayoutNode[];
  edges: { source: string; target: string }[];
}

/** Centres of the nodes, by id. */
export type Positions = ReadonlyMap<string, Point>;

/** The same graph always gives the same input, whatever order its parts came in. */
export function layoutInput(graph: DrawnGraph): LayoutInput {
  const known = new Set(graph.nodes.map((node) => node.id));
  const nodes = graph.nodes
    .map((node) => ({ id: node.id, group: node.namespace, ...placeSize(node) }))
    .toSorted((a, b) => compare(a.id, b.id));
  const pairs = new Map<string, { source: string; target: string }>();
  for (const { source, target } of graph.edges) {
    if (source === target || !known.has(source) || !known.has(target)) continue;
    pairs.set(`${source}|${target}`, { source, target });
  }
  const edges = [...pairs].toSorted(([a], [b]) => compare(a, b)).map(([, pair]) => pair);
  return { nodes, edges };
}

/** Two inputs with one signature have the same nodes and the same lines. */
export function layoutSignature(input: LayoutInput): string {
  const nodes = input.nodes.map((node) => `${node.id} ${node.width}x${node.height}`);
  return [...nodes, ...input.edges.map((edge) => `${edge.source}|${edge.target}`)].join("\n");
}

/**
 * Share of nodes and lines that came or went between two inputs (0 to 1). A small drift keeps all places; after a
 * large one (the first seconds of a mesh) the kept places would be wrong for nearly everything.
 */
export function layoutDrift(before: LayoutInput, after: LayoutInput): number {
  const old = partsOf(before);
  const now = partsOf(after);
  const union = new Set([...old, ...now]);
  if (union.size === 0) return 0;
  let kept = 0;
  for (const part of old) if (now.has(part)) kept += 1;
  return 1 - kept / union.size;
}

function partsOf(input: LayoutInput): Set<string> {
  return new Set([...input.nodes.map((node) => node.id), ...input.edges.map((edge) => `${edge.source}|${edge.target}`)]);
}

/**
 * The id of the gateway that the internet's pill sits on top of; `null` when it has none or several, and is then laid
 * out as a column of its own.
 */
export function internetHost(input: LayoutInput): string | null {
  const targets = input.edges.filter((edge) => edge.source === INTERNET_ID).map((edge) => edge.target);
  const isCalled = input.edges.some((edge) => edge.target === INTERNET_ID);
  const [only] = targets;
  return targets.length === 1 && only !== undefined && !isCalled ? only : null;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
