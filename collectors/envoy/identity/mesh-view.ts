import { plainIdPart } from "#collectors/shared/plain-name.ts";
import { externalId, INTERNET_ID, serviceId, unknownId } from "#lib/model/ids.ts";

import { isServiceCluster, unseenCluster, type ClusterFacts } from "../config/cluster-facts.ts";
import type { KnownPeer } from "../directory.ts";
import type { KnownProxy } from "./known-proxy.ts";
import { named, parseSpiffe } from "./proxy-identity.ts";

/** Who an upstream of a proxy is. */
export interface Target {
  nodeId: string;
  /** `null` = not told. */
  version: string | null;
}

/** A caller as a connection tells it; empty strings where it does not. */
export interface CallerTrace {
  peer: string;
  address: string;
}

/** All proxies seen together: who stands behind an identity, an address or the name of an upstream. */
export interface MeshView {
  /** Node id of who called `proxy`. */
  caller(proxy: KnownProxy, trace: CallerTrace): string;
  /** Node id of who calls `proxy` from an address, without any proof; `null` = nobody is known there. */
  callerAt(proxy: KnownProxy, address: string): string | null;
  /** Who an upstream of `proxy` is; `null` for its own application and for helpers such as a trace receiver. */
  target(proxy: KnownProxy, cluster: string): Target | null;
  /** Who a route of `proxy` leads to, for requests that found no upstream; `null` when no route of that name is known. */
  routeTarget(proxy: KnownProxy, route: string): Target | null;
  /** Whether the target's own proxies count what arrives there; else its callers do. */
  isReporting(nodeId: string, carries: "http" | "tcp"): boolean;
  /** Whether the node has proxies of its own. */
  hasProxy(nodeId: string): boolean;
}

/** A picture of the proxies as they are known now; made anew when anything about them changes. */
export function createMeshView(proxies: readonly KnownProxy[]): MeshView {
  const known = proxies.filter((proxy) => proxy.identity !== null);
  const byNode = groupBy(known, (proxy) => [proxy.identity?.nodeId ?? ""]);
  const nodesBySpiffe = groupBy(known, (proxy) => proxy.spiffeIds);
  const byListener = groupBy(known, (proxy) => proxy.config?.listensAt ?? []);
  const byHost = groupBy(known, (proxy) => (isLoopback(proxy.host) ? [] : [proxy.host]));
  const byService = groupBy(known, (proxy) => [proxy.identity?.service ?? ""]);
  const addresses: ReadonlyMap<string, KnownPeer> = new Map(proxies.flatMap((proxy) => Object.entries(proxy.knownAddresses)));
  const targets = new Map<string, Target | null>();

  function bySpiffe(uri: string): string | null {
    const owners = nodesBySpiffe.get(uri) ?? [];
    const parsed = parseSpiffe(uri);
    // Services that share an identity cannot be told apart by it: then it stands for itself.
    return soleNode(owners) ?? (parsed === null ? null : named(parsed.namespace, parsed.service, null).nodeId);
  }

  function caller(proxy: KnownProxy, { peer, address }: CallerTrace): string {
    if (peer !== "") {
      const nodes = peer.split(",").map((uri) => bySpiffe(uri.trim()));
      return nodes.find((node) => node !== null) ?? unknownId(plainIdPart(peer));
    }
    return callerAt(proxy, address) ?? unknownId(address === "" ? "unidentified" : plainIdPart(address));
  }

  function callerAt(proxy: KnownProxy, address: string): string | null {
    const listed = addresses.get(address);
    if (listed !== undefined) return listedId(listed);
    return proxy.config?.isIngress === true ? INTERNET_ID : soleNode(byHost.get(address) ?? []);
  }

  function target(proxy: KnownProxy, cluster: string): Target | null {
    if (cluster === "") return null;
    const key = `${proxy.id}\n${cluster}`;
    const cached = targets.get(key);
    if (cached !== undefined) return cached;
    const found = resolve(proxy, cluster);
    targets.set(key, found);
    return found;
  }

  function resolve(proxy: KnownProxy, cluster: string): Target | null {
    const facts = proxy.config?.clusters.get(cluster) ?? unseenCluster(cluster);
    const endpoints = endpointProxies(proxy, cluster);
    const nodeId = targetNode(proxy, facts, endpoints);
    if (nodeId === null) return null;
    const told = facts.told?.version ?? facts.named?.subset ?? null;
    return { nodeId, version: soleVersion(endpoints, nodeId) ?? told ?? soleVersion(byNode.get(nodeId) ?? [], nodeId) };
  }

  function targetNode(proxy: KnownProxy, facts: ClusterFacts, endpoints: readonly KnownProxy[]): string | null {
    const { told, named: name } = facts;
    if (told?.isExternal === true) return externalId(plainIdPart(told.service));
    if (told !== null) return named(told.namespace ?? namespaceOf(told.service, proxy), told.service, null).nodeId;
    if (name !== null && name.direction !== "outbound") return null;
    const kubernetes = /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(name?.host ?? "");
    if (kubernetes !== null) return named(kubernetes[2] ?? "", kubernetes[1] ?? "", null).nodeId;
    const identities = facts.serverIdentities.map(bySpiffe).filter((node) => node !== null);
    const [identity] = identities;
    if (identity !== undefined && new Set(identities).size === 1) return identity;
    const byEndpoint = soleNode(endpoints);
    if (byEndpoint !== null && byEndpoint !== proxy.identity?.nodeId) return byEndpoint;
    const byName = name === null ? null : soleNode(byService.get(name.host) ?? []);
    if (byName !== null) return byName;
    const isReached = proxy.config?.reached.has(facts.name) ?? false;
    return isReached || isServiceCluster(facts) ? externalId(plainIdPart(name?.host ?? facts.name)) : null;
  }

  /** Metadata without a namespace means the service of that name where there is just one, else one beside the caller. */
  function namespaceOf(service: string, proxy: KnownProxy): string {
    const [first, ...others] = new Set((byService.get(plainIdPart(service)) ?? []).map((one) => one.identity?.namespace));
    return (others.length === 0 ? first : undefined) ?? proxy.identity?.namespace ?? "default";
  }

  function endpointProxies(proxy: KnownProxy, cluster: string): KnownProxy[] {
    const hosts = proxy.upstreams?.find((upstream) => upstream.name === cluster)?.host_statuses ?? [];
    const owners = hosts.map(({ address: { socket_address: socket } }) => byListener.get(`${socket?.address}:${socket?.port_value}`) ?? []);
    // One endpoint that is nobody's could be anything, so the others prove nothing about the whole.
    return owners.every((owner) => owner.length === 1) ? owners.flat() : [];
  }

  return {
    caller,
    callerAt,
    target,
    routeTarget(proxy, route) {
      const clusters = proxy.config?.clustersByRoute.get(route) ?? [];
      const targets = clusters.map((cluster) => target(proxy, cluster)).filter((found) => found !== null);
      const nodes = new Set(targets.map((found) => found.nodeId));
      const [nodeId] = nodes;
      return nodeId === undefined || nodes.size > 1 ? null : { nodeId, version: soleVersion(byNode.get(nodeId) ?? [], nodeId) };
    },
    isReporting(nodeId, carries) {
      const own = byNode.get(nodeId) ?? [];
      return (
        own.length > 0 &&
        own.every((proxy) => proxy.config?.logsInbound[carries] ?? (carries === "http" ? proxy.seen.inboundHttp : proxy.seen.inboundTcp))
      );
    },
    hasProxy: (nodeId) => byNode.has(nodeId),
  };
}

function groupBy(proxies: readonly KnownProxy[], keysOf: (proxy: KnownProxy) => readonly string[]): Map<string, KnownProxy[]> {
  const groups = new Map<string, KnownProxy[]>();
  for (const proxy of proxies) {
    for (const key of new Set(keysOf(proxy))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [proxy]);
      else group.push(proxy);
    }
  }
  return groups;
}

function soleNode(proxies: readonly KnownProxy[]): string | null {
  const [first, ...others] = new Set(proxies.map((proxy) => proxy.identity?.nodeId ?? null));
  return others.length === 0 ? (first ?? null) : null;
}

/** The version that all of these proxies of a node have; `null` when they differ or there is none. */
function soleVersion(proxies: readonly KnownProxy[], nodeId: string): string | null {
  const own = proxies.filter((proxy) => proxy.identity?.nodeId === nodeId);
  const [first, ...others] = new Set(own.map((proxy) => proxy.identity?.version ?? null));
  return others.length === 0 ? (first ?? null) : null;
}

function listedId({ namespace, service }: KnownPeer): string {
  return namespace === null ? unknownId(plainIdPart(service)) : serviceId(plainIdPart(namespace), plainIdPart(service));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
