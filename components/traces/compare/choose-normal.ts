import type { TraceSummary } from "#lib/model/trace.ts";
import { criticalTimes } from "#lib/traces/critical-path.ts";
import { findCause } from "#lib/traces/headline.ts";
import { calleeOf } from "#lib/traces/span-facts.ts";
import { mainRoot, type TraceTree } from "#lib/traces/trace-tree.ts";

/** A service by name. `namespace: null` = not told. */
export interface ServiceName {
  readonly service: string;
  readonly namespace: string | null;
}

/** What two traces must share to be worth comparing. */
export interface OwnShape {
  readonly id: string;
  readonly service: string;
  readonly operation: string;
  /** Every service that took part. */
  readonly services: readonly ServiceName[];
}

/** Two traces with less in common than this say nothing about each other: behind a gateway every root is the same. */
const LEAST_ALIKE = 0.6;

function keyOf({ service, namespace }: ServiceName): string {
  return JSON.stringify([namespace, service]);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The shape of a trace; `null` = it has no spans. */
export function ownShape(id: string, tree: TraceTree): OwnShape | null {
  const root = mainRoot(tree);
  if (root === null) return null;
  const services = new Map(tree.nodes.map(({ resource }) => [keyOf(resource), resource]));
  return { id, service: root.resource.service, operation: root.span.name, services: [...services.values()] };
}

/**
 * The service that traces like this one must have: the one that the failure happened at, else, beside the root's, the one
 * with most of the critical path. `null` = only the root's own has a part in it.
 */
export function tellingService(tree: TraceTree): ServiceName | null {
  const times = criticalTimes(tree);
  const cause = findCause(tree, times);
  if (cause !== null) {
    // A caller that gave up tells of the callee, as far as that one told of itself.
    const callee = calleeOf(cause);
    return tree.nodes.find(({ resource }) => callee !== null && keyOf(resource) === keyOf(callee))?.resource ?? cause.resource;
  }
  const root = mainRoot(tree);
  const shares = new Map<string, ServiceName & { ms: number }>();
  for (const { key, resource } of tree.nodes) {
    const ms = times.ownMs.get(key) ?? 0;
    const name = keyOf(resource);
    if (ms === 0 || (root !== null && name === keyOf(root.resource))) continue;
    shares.set(name, { service: resource.service, namespace: resource.namespace, ms: ms + (shares.get(name)?.ms ?? 0) });
  }
  return [...shares.values()].toSorted((a, b) => b.ms - a.ms)[0] ?? null;
}

/** Services in common, of all that either has: 0 to 1 (Jaccard index). How many spans each has does not matter. */
export function likeness(a: readonly ServiceName[], b: readonly ServiceName[]): number {
  const here = new Set(a.map(keyOf));
  const there = new Set(b.map(keyOf));
  const both = [...here].filter((key) => there.has(key)).length;
  const all = here.size + there.size - both;
  return all === 0 ? 1 : both / all;
}

/**
 * Traces of the same root that went well, the best to compare with first: by likeness of their services, then by distance
 * from the median duration of those that are equally alike, then newest first. The trace itself is not among them, and
 * none that is too little alike; empty = there is nothing to compare with.
 */
export function rankNormal(items: readonly TraceSummary[], own: OwnShape): TraceSummary[] {
  const alike = items
    .filter(
      (item) =>
        item.id !== own.id &&
        item.status === "ok" &&
        item.hasRoot &&
        item.root.service === own.service &&
        item.root.operation === own.operation,
    )
    .map((item) => ({ item, likeness: likeness(item.services, own.services) }))
    .filter((one) => one.likeness >= LEAST_ALIKE);
  return [...Map.groupBy(alike, (one) => one.likeness)]
    .toSorted(([a], [b]) => b - a)
    .flatMap(([, group]) => byOrdinariness(group.map(({ item }) => item)));
}

function byOrdinariness(items: readonly TraceSummary[]): TraceSummary[] {
  const usual = median(items.map((item) => item.durationMs));
  return items.toSorted(
    (a, b) => Math.abs(a.durationMs - usual) - Math.abs(b.durationMs - usual) || Date.parse(b.startedAt) - Date.parse(a.startedAt),
  );
}

/** The next ordinary trace after the one that is compared now, round the end; `null` = there is no other. */
export function nextNormal(ranked: readonly TraceSummary[], currentId: string | null): TraceSummary | null {
  const at = ranked.findIndex((item) => item.id === currentId);
  const next = ranked[(at + 1) % Math.max(1, ranked.length)] ?? null;
  return next?.id === currentId ? null : next;
}
