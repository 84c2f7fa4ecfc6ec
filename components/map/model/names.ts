import type { MeshEdge, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID, parseNodeId } from "#lib/model/ids.ts";
import { SPANS_ID } from "#lib/model/source.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";

/** What a node is called on the screen. */
export function nodeName(node: Pick<MeshNode, "id" | "service">): string {
  return node.id === INTERNET_ID ? "Internet" : node.service;
}

/** Whether there is a page about it: services and gateways have one, whatever namespace they are in. */
export function hasPage(node: Pick<MeshNode, "kind" | "namespace">): boolean {
  return node.namespace !== null || node.kind === "service" || node.kind === "gateway";
}

/** Whether only spans tell of it: no proxy of its own, and none that called it. */
export function isSeenInSpansOnly(node: Pick<MeshNode, "proxies" | "seenBy">): boolean {
  return node.proxies === null && node.seenBy.length === 1 && node.seenBy[0] === SPANS_ID;
}

/** The same where only the id is at hand. */
export function nameOfId(id: string): string {
  return nodeName(parseNodeId(id));
}

export function edgeName(edge: Pick<MeshEdge, "source" | "target">): string {
  return `${nameOfId(edge.source)} to ${nameOfId(edge.target)}`;
}

const TRANSPORT_WORDS: Readonly<Record<TransportSecurity, string>> = {
  mutual: "mutual TLS",
  oneWay: "TLS, not mutual",
  plaintext: "plaintext",
  mixed: "partly mutual TLS",
  unknown: "not known",
};

export function transportWords(transport: TransportSecurity): string {
  return TRANSPORT_WORDS[transport];
}

const DEMAND_WORDS: Readonly<Record<ServerDemand, string>> = {
  strict: "demands mutual TLS",
  permissive: "takes mutual TLS and plaintext",
  oneWay: "demands TLS, without a client certificate",
  off: "takes plaintext only",
  unknown: "not known",
};

export function demandWords(demand: ServerDemand): string {
  return DEMAND_WORDS[demand];
}

/** Whether plaintext was seen among these requests. */
export function hasPlaintext(transport: TransportSecurity): boolean {
  return transport === "plaintext" || transport === "mixed";
}
