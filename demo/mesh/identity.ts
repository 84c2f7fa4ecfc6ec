import { CARD_NETWORK, type Service } from "./services.ts";

export const TRUST_DOMAIN = "demo.mesh";
/** Whose names the mesh does not accept, though its authority signs them. */
export const FOREIGN_TRUST_DOMAIN = "elsewhere.mesh";

/** The workload identity in a certificate's URI SAN. Versions of a service share it, as they share a service account. */
export function spiffeId(service: Pick<Service, "namespace" | "name">, trustDomain = TRUST_DOMAIN): string {
  return `spiffe://${trustDomain}/ns/${service.namespace}/sa/${service.name}`;
}

/** The name TLS clients ask for. */
export function serverName(service: Pick<Service, "namespace" | "name">): string {
  return `${service.name}.${service.namespace}.${TRUST_DOMAIN}`;
}

/** Envoy's `node.id`. */
export function proxyId(service: Pick<Service, "namespace" | "name">, version: string, ordinal: number): string {
  return `${service.name}-${version}-${ordinal}.${service.namespace}`;
}

/** The name callers give to one destination. Free of dots, which would break Envoy's metric names. */
export function clusterName(port: number, version: string, service: string): string {
  return `outbound|${port}|${version}|${service}`;
}

export const CARD_NETWORK_CLUSTER = clusterName(CARD_NETWORK.port, "", CARD_NETWORK.name);

export interface Destination {
  readonly cluster: string;
  readonly version: string;
}

/** The clusters that lead to a service: one per version where there are several, else one without a version in its name. */
export function destinationsOf(service: Service): Destination[] {
  const [first, ...others] = service.versions;
  if (others.length === 0) return [{ cluster: clusterName(service.port, "", service.name), version: first }];
  return service.versions.map((version) => ({ cluster: clusterName(service.port, version, service.name), version }));
}
