import { plainName } from "#collectors/shared/plain-name.ts";
import type { DialFacts, ListenerFacts } from "#lib/model/security-facts.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import type { MeshView } from "../identity/mesh-view.ts";
import type { SeenTls } from "../polling/proxy-watch.ts";

/** What the inbound listeners of a proxy are set to; empty until its configuration is known. */
export function listenerFacts({ id: proxyId, identity, config }: KnownProxy): ListenerFacts[] {
  if (identity === null || config === null) return [];
  const { nodeId } = identity;
  return config.listeners.map(({ name, demand, accepts }) => ({ proxyId, nodeId, listener: plainName(name), demand, accepts }));
}

/** How a proxy is set to dial other nodes, and how it did; its own application and helpers are left out. */
export function dialFacts(known: KnownProxy, mesh: MeshView, tlsSeen: readonly SeenTls[]): DialFacts[] {
  const { id: proxyId, identity, config } = known;
  if (identity === null || config === null) return [];
  const source = identity.nodeId;
  // Envoy lists its upstreams in no particular order.
  const clusters = [...config.clusters.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  return clusters.flatMap(({ name, client: transport, accepts }) => {
    const target = mesh.target(known, name)?.nodeId;
    if (target === undefined) return [];
    const seen = tlsSeen.filter(({ cluster }) => cluster === name);
    const facts = { proxyId, source, target, name: plainName(name), transport, accepts };
    return [{ ...facts, ciphers: namesIn(seen.map(({ suite }) => suite)), tlsVersions: namesIn(seen.map(({ version }) => version)) }];
  });
}

function namesIn(names: readonly (string | null)[]): string[] {
  const told = names.flatMap((name) => (name === null || name === "" ? [] : [plainName(name)]));
  return [...new Set(told)].toSorted();
}
