import type { Protocol } from "#lib/model/ids.ts";

/** Two ends that exchange calls, and what is counted between them. One object each, so that thousands of series find theirs by it. */
export interface Pair {
  source: string;
  target: string;
  /** Protocols are few: they are looked through. */
  edges: Edge[];
}

export interface Edge {
  pair: Pair;
  protocol: Protocol;
}

/** The edges of one answer. */
export class Edges {
  readonly #pairs = new Map<string, Map<string, Pair>>();

  between(source: string, target: string, protocol: Protocol): Edge {
    const pair = this.#pair(source, target);
    let edge = pair.edges.find((one) => one.protocol === protocol);
    if (edge === undefined) pair.edges.push((edge = { pair, protocol }));
    return edge;
  }

  #pair(source: string, target: string): Pair {
    let targets = this.#pairs.get(source);
    if (targets === undefined) this.#pairs.set(source, (targets = new Map<string, Pair>()));
    let pair = targets.get(target);
    if (pair === undefined) targets.set(target, (pair = { source, target, edges: [] }));
    return pair;
  }
}
