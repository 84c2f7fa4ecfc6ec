import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { Result, WeftError } from "#lib/model/errors.ts";
import type { ProxyDetail } from "#lib/ports/sources.ts";

import type { AdminClient } from "../admin/client.ts";
import type { ConfigResource } from "../admin/wire-config.ts";
import type { MeshView } from "../identity/mesh-view.ts";
import type { ProxyWatch } from "../polling/proxy-watch.ts";
import { upstreamsOf } from "../topology/endpoints.ts";
import { proxyOf } from "../topology/proxy-state.ts";
import { certificatesOf } from "./certificates.ts";
import { maskSecrets } from "./masking.ts";

interface DetailInput {
  sourceId: string;
  watch: ProxyWatch;
  mesh: MeshView;
  nowMs: number;
  intervalMs: number;
  signal: AbortSignal | undefined;
}

/** What is shown of a configuration, by kind. The kind that holds secrets is never asked for. */
const KINDS: readonly { kind: string; resources: readonly ConfigResource[] }[] = [
  { kind: "routes", resources: ["static_route_configs", "dynamic_route_configs"] },
  { kind: "clusters", resources: ["static_clusters", "dynamic_active_clusters"] },
  { kind: "listeners", resources: ["static_listeners", "dynamic_listeners"] },
  { kind: "endpoints", resources: ["static_endpoint_configs", "dynamic_endpoint_configs"] },
];

/** A proxy in depth, asked now. A part that it does not answer is missing, with a notice that says why. */
export async function readProxyDetail({ sourceId, watch, mesh, nowMs, intervalMs, signal }: DetailInput): Promise<Sourced<ProxyDetail>> {
  const { admin } = watch;
  const failures: WeftError[] = [];
  const certificates = await orNothing(() => admin.certs(signal), failures);
  const upstreams = await orNothing(() => admin.clusters(signal), failures);
  const config: ProxyDetail["config"] = [];
  for (const { kind, resources } of KINDS) {
    const text = await configText(admin, resources, failures, signal);
    if (text !== null) config.push({ kind, text });
  }
  const known = watch.known();
  const observation = watch.observation();
  return {
    value: {
      proxy: proxyOf(known, observation, { nowMs, intervalMs }),
      upstreams: upstreamsOf({ ...known, upstreams: upstreams ?? known.upstreams }, mesh, observation.openBreakers),
      certificates: certificatesOf(certificates ?? []),
      config,
    },
    provenance: [
      {
        source: sourceId,
        kind: "envoy",
        query: `GET /certs, /clusters and /config_dump of ${admin.address}`,
        observedAt: failures.length === 0 ? new Date(nowMs).toISOString() : lastSeen(observation.lastSeenMs),
      },
    ],
    notices: [...new Map(failures.map((failure) => [failure.message, noticeOf(sourceId, failure)])).values()],
    coverage: failures.length === 0 ? "complete" : config.length === 0 ? "stale" : "partial",
  };
}

async function configText(
  admin: AdminClient,
  resources: readonly ConfigResource[],
  failures: WeftError[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const elements: unknown[] = [];
  for (const resource of resources) {
    const part = await orNothing<unknown[]>(() => admin.config(resource, {}, signal), failures);
    if (part === null) return null;
    elements.push(...part);
  }
  return JSON.stringify(maskSecrets(elements), null, 2);
}

async function orNothing<T>(ask: () => Promise<Result<T>>, failures: WeftError[]): Promise<T | null> {
  // After silence there is no point in asking the same proxy eight more times, each until its deadline.
  if (failures.some((failure) => failure.code === "TIMEOUT" || failure.code === "SOURCE_UNREACHABLE")) return null;
  const result = await ask();
  if (result.ok) return result.value;
  failures.push(result.error);
  return null;
}

function noticeOf(source: string, failure: WeftError): Notice {
  return { level: "warning", code: failure.code, text: failure.message, source, mend: failure.mend };
}

function lastSeen(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
