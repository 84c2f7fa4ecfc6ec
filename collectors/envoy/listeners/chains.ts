import type { ServerDemand } from "#lib/model/tls.ts";

import { HttpConnectionManager, type FilterChain, type Listener } from "../admin/wire-config.ts";
import { chainsOf } from "../config/chain-facts.ts";
import { transportOf, type ChainTransport } from "../config/chain-transport.ts";
import { isServiceCluster, unseenCluster } from "../config/cluster-facts.ts";
import { demandOf } from "../config/listener-facts.ts";
import { readAny } from "../config/read-any.ts";

/** Where a chain stands in its listener: at a place of `filter_chains`, or as the one for everything else. */
export type ChainPlace = number | "default";

/** One filter chain of a listener. Unlike the facts of the collector every chain counts here, whatever it carries. */
export interface Chain {
  place: ChainPlace;
  transport: ChainTransport;
  chain: FilterChain;
}

export function allChains(listener: Listener): Chain[] {
  const { default_filter_chain: rest } = listener;
  const chains: Chain[] = listener.filter_chains.map((chain, place) => ({ place, transport: transportOf(chain), chain }));
  return rest === undefined ? chains : [...chains, { place: "default", transport: transportOf(rest), chain: rest }];
}

/** What a listener demands of its callers; `unknown` without any chain. */
export function listenerDemand(listener: Listener): ServerDemand {
  return demandOf(allChains(listener).map((one) => one.transport));
}

/** Whether callers come in here: by its own word, else by what its chains count and lead to. */
export function isInbound(listener: Listener): boolean {
  if (listener.traffic_direction === "INBOUND") return true;
  if (listener.traffic_direction === "OUTBOUND") return false;
  const chains = chainsOf(listener, new Map(), (cluster) => isServiceCluster(unseenCluster(cluster)));
  return chains.some((chain) => chain.direction === "inbound");
}

/** What must go so that only mutual TLS is left, or why taking something away does not do it. */
export type Removal = { places: ChainPlace[] } | { reason: string };

export function plaintextRemoval(listener: Listener): Removal {
  const chains = allChains(listener);
  const plain = chains.filter((one) => one.transport === "plaintext");
  if (listener["filter_chain_matcher"] !== undefined)
    return { reason: "The listener chooses its filter chains by a matcher, which names each of them." };
  if ((listener["use_original_dst"] ?? false) !== false)
    return { reason: "The listener hands connections on to other listeners (use_original_dst), whose demands are their own." };
  if (chains.some((one) => one.transport === "unknown"))
    return { reason: "One of its filter chains has a transport socket that does not tell what it asks of callers." };
  if (plain.some(({ chain }) => chain.filter_chain_match?.transport_protocol === "tls"))
    return { reason: "One of its filter chains hands TLS on unopened, so that what it asks of callers is decided elsewhere." };
  if (!chains.some((one) => one.transport === "mutual"))
    return { reason: "None of its filter chains asks callers for a certificate, so taking plaintext away would leave no way in." };
  if (chains.some((one) => one.transport === "oneWay"))
    return { reason: "One of its filter chains speaks TLS without asking for a certificate, which would go on letting such callers in." };
  return { places: plain.map((one) => one.place) };
}

/** Without the filter that tells TLS from plaintext, a chain that is matched by it is never found. */
export function needsInspector(listener: Listener): boolean {
  return allChains(listener).some(({ chain: { filter_chain_match: match } }) => {
    const byName = ["server_names", "application_protocols"].some((key) => Array.isArray(match?.[key]) && match[key].length > 0);
    return byName || match?.transport_protocol === "tls";
  });
}

export function hasInspector(listener: Listener): boolean {
  const filters = listener["listener_filters"];
  return Array.isArray(filters) && filters.some((filter) => /tls_?inspector/i.test(JSON.stringify(filter)));
}

/**
 * How Envoy's statistics call the HTTP chains that one listener text has and the next has not. A name that goes on being
 * used says nothing about the chain that went, so it is left out.
 */
export function leavingNames(before: readonly Listener[], after: readonly Listener[]): string[] {
  const staying = new Set(after.flatMap(statNames));
  return [...new Set(before.flatMap(statNames))].filter((name) => !staying.has(name));
}

function statNames(listener: Listener): string[] {
  return allChains(listener).flatMap(({ chain }) =>
    chain.filters.flatMap((filter) => {
      const manager = readAny(filter.typed_config, "HttpConnectionManager", HttpConnectionManager);
      return manager === null || manager.stat_prefix === "" ? [] : [`http.${manager.stat_prefix}`];
    }),
  );
}
