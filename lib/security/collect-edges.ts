import { edgeId } from "#lib/model/ids.ts";
import type { DeclaredTransport } from "#lib/model/topology.ts";
import type { DialFacts, ListenerFacts, ObservedCalls, RefusedConnections } from "#lib/model/security-facts.ts";

import type { EdgeLoad, SecurityPicture, Told } from "./facts.ts";
import { type EdgeKey, guessProtocol, placeRefusals } from "./refusals.ts";

/** Everything that is known of one edge, found once so that no edge looks through all facts. */
export interface EdgeFacts extends EdgeKey {
  /** `source|target`. */
  pair: string;
  load: EdgeLoad | null;
  calls: Told<ObservedCalls>[];
  dials: readonly Told<DialFacts>[];
  listeners: readonly Told<ListenerFacts>[];
  refusals: Told<RefusedConnections>[];
}

const NONE: readonly never[] = [];

/**
 * Every pair that carried calls, is set up to, called within memory, or was refused. Nobody calls himself over the mesh.
 * A call of a protocol that the map does not count for its pair belongs to the edge that the map has.
 */
export function collectEdges(facts: {
  picture: SecurityPicture;
  loads: readonly EdgeLoad[];
  /** By `source|target`. */
  declared: ReadonlyMap<string, DeclaredTransport>;
}): EdgeFacts[] {
  const { picture } = facts;
  const edges = new Map<string, EdgeFacts>();
  const byPair = new Map<string, EdgeFacts>();
  const dialsOf = Map.groupBy(picture.dials, ({ source, target }) => `${source}|${target}`);
  const listenersOf = Map.groupBy(picture.listeners, ({ nodeId }) => nodeId);
  const add = ({ id, source, target, protocol }: EdgeKey, load: EdgeLoad | null): EdgeFacts => {
    const pair = `${source}|${target}`;
    const edge: EdgeFacts = {
      id,
      source,
      target,
      protocol,
      pair,
      load,
      calls: [],
      dials: dialsOf.get(pair) ?? NONE,
      listeners: listenersOf.get(target) ?? NONE,
      refusals: [],
    };
    edges.set(id, edge);
    if (!byPair.has(pair)) byPair.set(pair, edge);
    return edge;
  };
  for (const load of facts.loads.toSorted((a, b) => (a.id < b.id ? -1 : 1))) add(load, load);
  const counted = new Map(byPair);
  let last: { call: ObservedCalls; edge: EdgeFacts } | null = null;
  for (const call of picture.calls) {
    const { source, target, protocol } = call;
    // Calls of one edge mostly stand together.
    const isSame = last !== null && last.call.source === source && last.call.target === target && last.call.protocol === protocol;
    if (last === null || !isSame) {
      const id = edgeId(source, target, protocol);
      last = { call, edge: edges.get(id) ?? counted.get(`${source}|${target}`) ?? add({ id, source, target, protocol }, null) };
    }
    last.edge.calls.push(call);
  }
  const protocolOf = guessProtocol(edges.values());
  const addDeclared = (pair: string, { source, target }: { source: string; target: string }): void => {
    if (source === target || byPair.has(pair)) return;
    const protocol = protocolOf(target);
    add({ id: edgeId(source, target, protocol), source, target, protocol }, null);
  };
  for (const [pair, [dial]] of dialsOf) if (dial !== undefined) addDeclared(pair, dial);
  for (const [pair, one] of facts.declared) addDeclared(pair, one);
  const placed = placeRefusals(edges.values(), picture.refusals);
  for (const key of placed.added) add(key, null);
  for (const [id, refusals] of placed.byEdge) edges.get(id)?.refusals.push(...refusals);
  return [...edges.values()];
}
