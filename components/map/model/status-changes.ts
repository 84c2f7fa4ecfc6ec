import { formatNames, formatQuantity } from "#lib/client/format.ts";
import type { HealthStatus, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import { nodeName } from "./names.ts";

export type Statuses = ReadonlyMap<string, HealthStatus>;

export function statusesOf(nodes: readonly MeshNode[]): Statuses {
  return new Map(nodes.filter((node) => node.id !== INTERNET_ID).map((node) => [node.id, node.health.status]));
}

const MOST_NAMED = 3;
const WORST_FIRST: readonly HealthStatus[] = ["failing", "degraded", "unknown", "healthy"];

/** What changed since `before`, in one sentence for the live region; `null` when nothing that was known changed. */
export function statusSentence(before: Statuses, nodes: readonly MeshNode[]): string | null {
  const changed = nodes.filter((node) => {
    const was = before.get(node.id);
    return was !== undefined && was !== node.health.status;
  });
  const parts = WORST_FIRST.flatMap((status) => {
    const names = changed.filter((node) => node.health.status === status).map(nodeName);
    if (names.length === 0) return [];
    const who = names.length > MOST_NAMED ? formatQuantity(names.length, "service") : formatNames(names);
    return [`${who} ${names.length === 1 ? "is" : "are"} now ${status}`];
  });
  return parts.length === 0 ? null : `${parts.join("; ")}.`;
}
