import { formatNumber, formatPercentNumber } from "#lib/client/format.ts";
import type { MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import type { DrawnEdge, DrawnNamespace, DrawnNode } from "./drawn-graph.ts";
import { hasPlaintext, isSeenInSpansOnly, nameOfId, nodeName } from "./names.ts";
import { edgeTransportWords, isRefusedOnly } from "./transport.ts";

/** A card in one sentence, for those who hear it. */
export function describeNode(drawn: DrawnNode): string {
  return drawn.kind === "namespace" ? describeNamespace(drawn) : describeService(drawn.node);
}

function describeService(node: MeshNode): string {
  if (node.id === INTERNET_ID) return "Internet, callers outside the mesh";
  const parts = [nodeName(node)];
  if (node.kind === "external") parts.push("external");
  if (isSeenInSpansOnly(node)) parts.push("seen in spans only");
  else if (node.kind === "unknown") parts.push("no proxy");
  parts.push(node.health.status === "unknown" ? "health unknown" : node.health.status);
  const { rate, errorRatio, p95Ms } = node.red;
  if (rate !== null) parts.push(`${formatNumber(rate)} requests per second`);
  if (errorRatio !== null) parts.push(`${formatPercentNumber(errorRatio)} percent errors`);
  if (p95Ms !== null) parts.push(`p95 ${formatNumber(p95Ms)} milliseconds`);
  if (rate === null && node.kind !== "unknown") parts.push("no numbers");
  if (hasPlaintext(node.tls)) parts.push("plaintext seen");
  if (node.proxies !== null && node.proxies.n < node.proxies.of) {
    parts.push(`${node.proxies.of - node.proxies.n} of ${node.proxies.of} proxies do not answer`);
  }
  return parts.join(", ");
}

function describeNamespace(drawn: DrawnNamespace): string {
  const parts = [`namespace ${drawn.namespace}`, `${drawn.members} services`];
  for (const status of ["unknown", "healthy"] as const) {
    if (drawn.counts[status] > 0) parts.push(`${drawn.counts[status]} ${status}`);
  }
  if (drawn.rate !== null) parts.push(`${formatNumber(drawn.rate)} requests per second`);
  return `${parts.join(", ")}. Opens to its services`;
}

/** An edge in one sentence. */
export function describeEdge(edge: DrawnEdge): string {
  const parts = [`${nameOfId(edge.source)} to ${nameOfId(edge.target)}`, edge.status];
  if (edge.rate !== null) {
    const unit = edge.members.every((member) => member.protocol === "tcp") ? "connections" : "requests";
    parts.push(`${formatNumber(edge.rate)} ${unit} per second`);
  } else if (isRefusedOnly(edge)) parts.push("no requests");
  if (edge.errorRatio !== null) parts.push(`${formatPercentNumber(edge.errorRatio)} percent errors`);
  parts.push(edgeTransportWords({ observed: edge.transport, isBroken: edge.isBroken, refused: edge.refused }));
  return parts.join(", ");
}
