import type { Result, WeftError } from "#lib/model/errors.ts";

import type { AdminClient } from "../admin/client.ts";
import type { Cluster, Listener, RouteConfiguration } from "../admin/wire-config.ts";
import type { CertificateEntry, ClusterStatus, ServerInfo } from "../admin/wire.ts";
import { configFacts, type ConfigFacts } from "../config/config-facts.ts";
import { proxyIdentity, type ProxyIdentity } from "../identity/proxy-identity.ts";
import { heldCertificates, type HeldCertificate } from "../security/held-certificates.ts";

/** What a proxy tells about itself beside its statistics. */
export interface Inspected {
  identity: ProxyIdentity | null;
  spiffeIds: readonly string[];
  /** `null` until they were read. */
  certificates: readonly HeldCertificate[] | null;
  config: ConfigFacts | null;
  upstreams: readonly ClusterStatus[] | null;
  /** Parts that it would not or could not tell, the newest reason by part. */
  failures: ReadonlyMap<InspectedPart, WeftError>;
}

export type InspectedPart = "config" | "certificates" | "upstreams";

export const NOT_INSPECTED: Inspected = {
  identity: null,
  spiffeIds: [],
  certificates: null,
  config: null,
  upstreams: null,
  failures: new Map(),
};

/**
 * Asks for the parts that are due and gives back the whole picture; a part that fails keeps what was known of it, and its
 * reason stands in `failures`. Never throws.
 */
export async function inspect(
  admin: AdminClient,
  info: ServerInfo,
  known: Inspected,
  due: ReadonlySet<InspectedPart>,
  signal: AbortSignal,
): Promise<Inspected> {
  const failures = new Map(known.failures);
  async function part<T>(name: InspectedPart, fallback: T, read: () => Promise<T>): Promise<T> {
    if (!due.has(name)) return fallback;
    try {
      const value = await read();
      failures.delete(name);
      return value;
    } catch (cause) {
      if (!(cause instanceof PartFailure)) throw cause;
      failures.set(name, cause.error);
      return fallback;
    }
  }
  // One after the other: an Envoy answers its admin on one thread, which also accepts connections.
  const { certificates, spiffeIds } = await part("certificates", known, () => readCertificates(admin, signal));
  const config = await part("config", known.config, () => readConfig(admin, signal));
  const upstreams = await part("upstreams", known.upstreams, () => valueOf(admin.clusters(signal)));
  return { identity: proxyIdentity(info.node, spiffeIds), spiffeIds, certificates, config, upstreams, failures };
}

async function readConfig(admin: AdminClient, signal: AbortSignal): Promise<ConfigFacts> {
  const listeners: Listener[] = [];
  for (const { listener } of await valueOf(admin.config("static_listeners", {}, signal))) listeners.push(listener);
  for (const { active_state: state } of await valueOf(admin.config("dynamic_listeners", {}, signal)))
    if (state !== undefined) listeners.push(state.listener);
  const clusters: Cluster[] = [];
  for (const { cluster } of await valueOf(admin.config("static_clusters", {}, signal))) clusters.push(cluster);
  for (const { cluster } of await valueOf(admin.config("dynamic_active_clusters", {}, signal))) clusters.push(cluster);
  const routes: RouteConfiguration[] = [];
  // Routes written inside a listener were read with it.
  for (const { route_config: route } of await valueOf(admin.config("dynamic_route_configs", {}, signal))) routes.push(route);
  return configFacts({ listeners, clusters, routes, statsFlushSeconds: await valueOf(admin.statsFlushSeconds(signal)) });
}

async function readCertificates(admin: AdminClient, signal: AbortSignal): Promise<Pick<Inspected, "certificates" | "spiffeIds">> {
  const entries = await valueOf(admin.certs(signal));
  const chains = await admin.certificateChains(signal);
  // Without chains certificates lack subject, issuer and secret, and say so by `null`.
  return { certificates: heldCertificates(entries, chains.ok ? chains.value : []), spiffeIds: spiffeIdsIn(entries) };
}

function spiffeIdsIn(entries: readonly CertificateEntry[]): string[] {
  const names = entries.flatMap((entry) => entry.cert_chain.flatMap((certificate) => certificate.subject_alt_names));
  return [...new Set(names.flatMap((name) => (name.uri?.startsWith("spiffe://") === true ? [name.uri] : [])))];
}

class PartFailure extends Error {
  readonly error: WeftError;

  constructor(error: WeftError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

async function valueOf<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new PartFailure(result.error);
  return result.value;
}
