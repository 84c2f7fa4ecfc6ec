import { formatCount, formatQuantity } from "#lib/client/format.ts";
import type { HealthStatus } from "#lib/model/graph.ts";
import type { NodeKind } from "#lib/model/ids.ts";
import type { EdgeTls, ServerDemand, TransportSecurity } from "#lib/model/tls.ts";

/** What a service lets in, in a few words. */
export const DEMAND_WORDS: Readonly<Record<ServerDemand, string>> = {
  strict: "mutual TLS only",
  permissive: "mutual TLS and plaintext",
  oneWay: "TLS without a client's identity",
  off: "plaintext",
  unknown: "not known",
};

export const KIND_WORDS: Readonly<Record<NodeKind, string>> = {
  service: "service",
  workload: "workload",
  gateway: "gateway",
  external: "outside the mesh",
  unknown: "not identified",
};

const TRANSPORT_WORDS: Readonly<Record<TransportSecurity, string>> = {
  mutual: "mTLS",
  oneWay: "TLS",
  plaintext: "plaintext",
  mixed: "mixed",
  unknown: "not known",
};

/**
 * How an edge's calls came, as observed; what is declared only fills in, and says that it does. Connections that were
 * refused stand beside it.
 */
export function transportWord(tls: EdgeTls): string {
  const refused = tls.refused === null || tls.refused === 0 ? null : `${formatCount(tls.refused)} refused`;
  if (tls.observed === "unknown" && refused !== null) return refused;
  const word =
    tls.observed === "unknown" && tls.declared.client !== "unknown"
      ? `${TRANSPORT_WORDS[tls.declared.client]}, declared`
      : TRANSPORT_WORDS[tls.observed];
  return refused === null ? word : `${word}, ${refused}`;
}

const ORDER: readonly HealthStatus[] = ["failing", "degraded", "unknown", "healthy"];

/** `1 service is failing, 2 are degraded` or `All 12 services are healthy`. */
export function healthSentence(statuses: readonly HealthStatus[]): string {
  if (statuses.length === 0) return "No service has been seen yet";
  const counts = ORDER.map((status) => ({ status, n: statuses.filter((one) => one === status).length })).filter(({ n }) => n > 0);
  const bad = counts.filter(({ status }) => status !== "healthy");
  if (bad.length === 0) return statuses.length === 1 ? "The one service is healthy" : `All ${statuses.length} services are healthy`;
  const [first, ...rest] = bad;
  if (first === undefined) return "";
  const head = `${formatQuantity(first.n, "service")} ${first.n === 1 ? "is" : "are"} ${first.status}`;
  const tail = rest.map(({ status, n }) => `${n} ${n === 1 ? "is" : "are"} ${status}`);
  return [head, ...tail].join(", ");
}
