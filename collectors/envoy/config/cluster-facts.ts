import { z } from "zod";

import type { TransportSecurity } from "#lib/model/tls.ts";

import { TlsContext, type Cluster } from "../admin/wire-config.ts";
import { readAny } from "./read-any.ts";
import { acceptedNames } from "./subject-names.ts";

/** What an upstream's configuration says about who it is and how it is spoken to. */
export interface ClusterFacts {
  name: string;
  /** From its metadata; `null` where that does not name a service. */
  told: { service: string; namespace: string | null; version: string | null; isExternal: boolean } | null;
  /** From a name like `outbound|9080|v1|reviews.shop.svc.cluster.local`; `null` for other names. */
  named: NamedCluster | null;
  /** Identities of the server that it accepts. */
  serverIdentities: string[];
  /** The names that the server must show one of, in words; empty = any that is trusted, or no TLS at all. */
  accepts: string[];
  /** How it is declared to be spoken to. */
  client: TransportSecurity;
}

export interface NamedCluster {
  direction: string;
  subset: string | null;
  host: string;
}

const WeftMetadata = z.object({
  service: z.string().min(1),
  namespace: z.string().min(1).nullish(),
  version: z.string().min(1).nullish().catch(null),
  external: z.boolean().default(false).catch(false),
});

const IstioMetadata = z.object({
  services: z.array(z.object({ name: z.string().min(1), namespace: z.string().min(1) })).min(1),
});

export function clusterFacts(cluster: Cluster): ClusterFacts {
  return {
    name: cluster.name,
    told: toldBy(cluster),
    named: parseClusterName(cluster.name),
    serverIdentities: serverIdentities(cluster),
    accepts: [...new Set(sockets(cluster).flatMap((socket) => acceptedNames(upstreamTls(socket)?.common_tls_context)))],
    client: declaredClient(cluster),
  };
}

/** What is known of an upstream of which nothing but the name was seen. */
export function unseenCluster(name: string): ClusterFacts {
  return { name, told: null, named: parseClusterName(name), serverIdentities: [], accepts: [], client: "unknown" };
}

/** Whether an upstream is another service, rather than the proxy's own application or a helper such as a trace receiver. */
export function isServiceCluster(facts: ClusterFacts): boolean {
  return facts.told !== null || facts.named?.direction === "outbound" || facts.serverIdentities.length > 0;
}

function parseClusterName(name: string): NamedCluster | null {
  const [direction, port, subset, host, ...rest] = name.split("|");
  if (direction === undefined || port === undefined || subset === undefined || host === undefined || rest.length > 0) return null;
  return { direction, subset: subset === "" ? null : subset, host };
}

function toldBy(cluster: Cluster): ClusterFacts["told"] {
  const metadata = cluster.metadata?.filter_metadata ?? {};
  const weft = WeftMetadata.safeParse(metadata["weft"]);
  if (weft.success) {
    const { service, namespace, version, external } = weft.data;
    return { service, namespace: namespace ?? null, version: version ?? null, isExternal: external };
  }
  const istio = IstioMetadata.safeParse(metadata["istio"]);
  const [first] = istio.success ? istio.data.services : [];
  if (first === undefined) return null;
  return { service: first.name, namespace: first.namespace, version: null, isExternal: false };
}

function sockets(cluster: Cluster): (Cluster["transport_socket"] | undefined)[] {
  const matched = cluster.transport_socket_matches.map((match) => match.transport_socket);
  return matched.length > 0 ? matched : [cluster.transport_socket];
}

function declaredClient(cluster: Cluster): TransportSecurity {
  const kinds = new Set(sockets(cluster).map(clientTransport));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : "mixed";
}

function upstreamTls(socket: Cluster["transport_socket"]): z.infer<typeof TlsContext> | null {
  return readAny(socket?.typed_config, "UpstreamTlsContext", TlsContext);
}

function clientTransport(socket: Cluster["transport_socket"] | undefined): TransportSecurity {
  if (socket === undefined || socket.name.includes("raw_buffer")) return "plaintext";
  const context = upstreamTls(socket);
  if (context === null) return "unknown";
  const common = context.common_tls_context;
  const own = (common?.tls_certificates.length ?? 0) + (common?.tls_certificate_sds_secret_configs.length ?? 0);
  return own > 0 ? "mutual" : "oneWay";
}

function serverIdentities(cluster: Cluster): string[] {
  return sockets(cluster).flatMap((socket) => {
    const common = upstreamTls(socket)?.common_tls_context;
    const contexts = [common?.validation_context, common?.combined_validation_context?.default_validation_context];
    const exact = contexts.flatMap((context) => context?.match_typed_subject_alt_names.map((name) => name.matcher?.exact ?? "") ?? []);
    return exact.filter((name) => name.startsWith("spiffe://"));
  });
}
