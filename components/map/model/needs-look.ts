import { formatDuration, formatPercent, formatRate } from "#lib/client/format.ts";
import type { HealthStatus, MeshEdge, MeshGraph, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import { culpritOf } from "./headline.ts";
import { hasPlaintext, nameOfId, nodeName } from "./names.ts";
import { refusedWords } from "./transport.ts";

/** One line of "Needs a look". */
export interface NeedsLook {
  id: string;
  status: HealthStatus;
  title: string;
  detail: string;
  /** The number that made it stand here; `null` when there is none. */
  figure: string | null;
}

const ORDER: readonly HealthStatus[] = ["failing", "degraded", "unknown"];

/** Everything that is not well, worst first: also services whose proxies do not all answer. A service that is merely not called needs none. */
export function needsLook(graph: MeshGraph): NeedsLook[] {
  const items = graph.nodes
    .filter((node) => node.id !== INTERNET_ID && !isIdle(node) && (node.health.status !== "healthy" || lacksProxies(node)))
    .map((node) => ({ node, item: itemOf(node, graph.edges) }));
  items.sort((a, b) => rank(a.node) - rank(b.node) || errorRatio(b.node) - errorRatio(a.node) || (a.node.id < b.node.id ? -1 : 1));
  return items.map(({ item }) => item);
}

/** Its proxies answer and nothing calls it: its health is unknown, and nothing is wrong. */
export function isIdle(node: MeshNode): boolean {
  return node.health.status === "unknown" && node.proxies !== null && node.proxies.of > 0 && node.proxies.n === node.proxies.of;
}

function rank(node: MeshNode): number {
  const index = ORDER.indexOf(node.health.status);
  return index < 0 ? ORDER.length : index;
}

function errorRatio(node: MeshNode): number {
  return node.red.errorRatio ?? 0;
}

function lacksProxies(node: MeshNode): boolean {
  return node.proxies !== null && node.proxies.n < node.proxies.of;
}

function itemOf(node: MeshNode, edges: readonly MeshEdge[]): NeedsLook {
  const { status } = node.health;
  const isUnwell = status === "failing" || status === "degraded";
  const outRate = edges.filter((edge) => edge.source === node.id).reduce<number | null>((sum, edge) => add(sum, edge.red.rate), null);
  return {
    id: node.id,
    status,
    title: nodeName(node),
    detail: detailOf(node, edges),
    figure: isUnwell && node.red.errorRatio !== null ? formatPercent(node.red.errorRatio) : rateFigure(node, outRate),
  };
}

function rateFigure(node: MeshNode, outRate: number | null): string | null {
  const rate = node.kind === "unknown" ? outRate : node.red.rate;
  return rate === null ? null : formatRate(rate);
}

function detailOf(node: MeshNode, edges: readonly MeshEdge[]): string {
  const parts: string[] = [];
  const culprit = culpritOf(node);
  if (culprit !== null && culprit.red.errorRatio !== null)
    parts.push(`${culprit.version} fails ${formatPercent(culprit.red.errorRatio)} of its calls`);
  if (node.kind === "external") parts.push("external");
  if (node.kind === "unknown") parts.push("no proxy");
  if (node.proxies !== null && lacksProxies(node)) {
    const { n, of } = node.proxies;
    parts.push(of === 1 ? "its proxy does not answer" : `${of - n} of ${of} proxies do not answer`);
  }
  const plain = edges.find((edge) => edge.source === node.id && hasPlaintext(edge.tls.observed));
  if (plain !== undefined) parts.push(`plaintext to ${nameOfId(plain.target)}`);
  const turnedAway = edges.find((edge) => edge.source === node.id && refusedWords(edge.tls.refused) !== null);
  if (turnedAway !== undefined) parts.push(`${refusedWords(turnedAway.tls.refused)} by ${nameOfId(turnedAway.target)}`);
  if (culprit === null && node.red.p95Ms !== null && node.health.status !== "unknown") parts.push(`p95 ${formatDuration(node.red.p95Ms)}`);
  const [first = ""] = node.health.reasons;
  return parts.length === 0 ? first : parts.join(", ");
}

function add(sum: number | null, value: number | null): number | null {
  return value === null ? sum : (sum ?? 0) + value;
}
