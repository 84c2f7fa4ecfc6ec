import type { AcceptedTransport } from "#lib/model/security.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { Listener } from "../admin/wire-config.ts";
import type { ChainFacts } from "./chain-facts.ts";
import { acceptedTransport, type ChainTransport } from "./chain-transport.ts";
import { loggedStats, type LoggedStats } from "./logged-stats.ts";

/** One inbound listener and what it asks of those who connect. */
export interface InboundListener {
  name: string;
  /** How it is called in Envoy's own statistics. */
  statName: string;
  demand: ServerDemand;
  accepts: AcceptedTransport[];
  /** Whether any of its chains speaks TLS. */
  asksTls: boolean;
  /** Whether any of its chains asks for a certificate, so that it can turn callers of the mesh away. */
  asksCertificates: boolean;
  /** What its own logger keeps, which also sees connections that were refused. */
  logged: LoggedStats;
  /** Whether refused connections are told by that logger. */
  logsHandshakes: boolean;
}

/** The statistic by which a listener tells of refused connections. */
export const HANDSHAKES = "inbound_handshakes_total";

/** The listeners that take callers in: those with an inbound chain. */
export function inboundListeners(listeners: readonly Listener[], inbound: readonly ChainFacts[]): InboundListener[] {
  return listeners.flatMap((listener) => {
    const chains = inbound.filter((chain) => chain.listener === listener.name);
    if (chains.length === 0) return [];
    const logged = loggedStats(listener.access_log ?? []);
    return [
      {
        name: listener.name,
        statName: statNameOf(listener),
        demand: demandOf(chains.map((chain) => chain.transport)),
        accepts: acceptedBy(listener),
        asksTls: chains.some(({ transport }) => transport === "mutual" || transport === "oneWay"),
        asksCertificates: chains.some(({ transport }) => transport === "mutual"),
        logged,
        logsHandshakes: logged.has(HANDSHAKES),
      },
    ];
  });
}

/** What chains demand together: one answer when they agree, permissive when they differ. */
export function demandOf(transports: readonly ChainTransport[]): ServerDemand {
  const kinds = new Set(transports);
  const [only] = kinds;
  if (only === undefined || kinds.has("unknown")) return "unknown";
  if (kinds.size > 1) return "permissive";
  return only === "mutual" ? "strict" : only === "oneWay" ? "oneWay" : "off";
}

function acceptedBy(listener: Listener): AcceptedTransport[] {
  const chains = [...listener.filter_chains, ...(listener.default_filter_chain === undefined ? [] : [listener.default_filter_chain])];
  return [...new Map(chains.map(acceptedTransport).map((one) => [JSON.stringify(one), one])).values()];
}

/** Envoy names a listener by its `stat_prefix`, else by its address with colons replaced. */
function statNameOf({ stat_prefix: prefix, address }: Listener): string {
  if (prefix !== undefined && prefix !== "") return prefix;
  const socket = address?.socket_address;
  return socket === undefined ? "" : `${socket.address}:${socket.port_value}`.replaceAll(":", "_");
}
