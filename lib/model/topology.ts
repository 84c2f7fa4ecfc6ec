import { z } from "zod";

import type { NodeKind } from "./ids.ts";
import type { ServerDemand, TransportSecurity } from "./tls.ts";

/** `unreachable` = it did not answer; `stale` = it answered, but not within three intervals. */
export const ProxyState = z.enum(["live", "draining", "initializing", "unreachable", "stale", "malformed"]);
export type ProxyState = z.infer<typeof ProxyState>;

/** Routing in step with its file: `synced`; `rejected` = the newest file was refused and the older one is in force. */
export const ProxySync = z.enum(["synced", "rejected", "unknown"]);
export type ProxySync = z.infer<typeof ProxySync>;

/** One sidecar or gateway proxy. */
export const Proxy = z.object({
  id: z.string(),
  nodeId: z.string(),
  namespace: z.string().nullable(),
  service: z.string(),
  version: z.string().nullable(),
  state: ProxyState,
  sync: ProxySync,
  /** What the proxy calls its own software and release; `null` until it told. */
  software: z.string().nullable(),
  /** Epoch of the last good answer, ISO; `null` = never. */
  lastSeen: z.iso.datetime().nullable(),
  /** Why it is not live, as a sentence; `null` when it is. */
  reason: z.string().nullable(),
  /** What its configuration lacks, and which setting would give it. */
  gaps: z.array(z.object({ missing: z.string(), setting: z.string() })),
  uptimeSeconds: z.number().nullable(),
  /** How long the last statistics answer took, milliseconds. */
  answeredInMs: z.number().nullable(),
});
export type Proxy = z.infer<typeof Proxy>;

/** One target of a proxy, as that proxy sees it: its endpoints, breakers and ejections. */
export const Upstream = z.object({
  /** The proxy's own name for the target. */
  name: z.string(),
  nodeId: z.string(),
  version: z.string().nullable(),
  endpoints: z.object({ healthy: z.number().int(), total: z.number().int() }),
  ejected: z.number().int(),
  openBreakers: z.array(z.string()),
});
export type Upstream = z.infer<typeof Upstream>;

/** One certificate that a proxy holds. */
export const Certificate = z.object({
  serial: z.string(),
  role: z.enum(["workload", "authority"]),
  names: z.array(z.string()),
  validFrom: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
export type Certificate = z.infer<typeof Certificate>;

/** A version of a service as the topology knows it, with or without traffic. */
export const ServiceVersion = z.object({
  version: z.string(),
  proxies: z.object({ n: z.number().int(), of: z.number().int() }),
});
export type ServiceVersion = z.infer<typeof ServiceVersion>;

/** A service that a source knows of, whether or not anything calls it. */
export interface ServiceFacts {
  id: string;
  kind: NodeKind;
  namespace: string | null;
  service: string;
  versions: ServiceVersion[];
  /** What its listeners demand of callers. */
  demand: ServerDemand;
  /** Endpoints as the callers' proxies see them, worst caller; `null` when nobody calls it. */
  endpoints: { healthy: number; total: number } | null;
}

/** Proxies of all versions of a service: those that answer, of how many. */
export function sumProxies({ versions }: Pick<ServiceFacts, "versions">): { n: number; of: number } {
  return versions.reduce((sum, { proxies }) => ({ n: sum.n + proxies.n, of: sum.of + proxies.of }), { n: 0, of: 0 });
}

/** What one client's configuration says about the transport to one target. */
export interface DeclaredTransport {
  source: string;
  target: string;
  client: TransportSecurity;
}

/** Everything a source knows about who exists, apart from traffic. */
export interface Topology {
  services: ServiceFacts[];
  proxies: Proxy[];
  declared: DeclaredTransport[];
}
