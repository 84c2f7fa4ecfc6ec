import type { ProxySync } from "#lib/model/topology.ts";

import type { Folded } from "../stats/counter-book.ts";

/** How often one route configuration was taken and refused. */
interface RouteCounts {
  success: number;
  /** Rejected (its content) and failed (its form) together. */
  refused: number;
}

interface RouteState extends RouteCounts {
  sync: ProxySync;
}

/**
 * Whether a proxy's routing is in step with its files, read off Envoy's subscription counters: a file source never sets
 * `error_state` (checked on 1.40). Which of two counters moved last is only seen by polling; where both had moved before
 * the first look, or both moved between two looks, it is not known.
 */
export interface RouteSync {
  readonly sync: ProxySync;
  /** Route configurations whose newest file was refused. */
  readonly rejected: readonly string[];
  note(read: Folded["read"], isNewProcess: boolean): void;
}

export function createRouteSync(): RouteSync {
  let states = new Map<string, RouteState>();
  return {
    get sync() {
      const all = [...states.values()].map((state) => state.sync);
      if (all.includes("rejected")) return "rejected";
      return all.includes("unknown") || all.length === 0 ? "unknown" : "synced";
    },
    get rejected() {
      return [...states].filter(([, state]) => state.sync === "rejected").map(([config]) => config);
    },
    note(read, isNewProcess) {
      const known = isNewProcess ? new Map<string, RouteState>() : states;
      states = new Map([...countsIn(read)].map(([config, counts]) => [config, { ...counts, sync: syncOf(known.get(config), counts) }]));
    },
  };
}

function countsIn(read: Folded["read"]): Map<string, RouteCounts> {
  const all = new Map<string, RouteCounts>();
  for (const { series, value } of read) {
    if (series.kind !== "route-update") continue;
    const counts = all.get(series.config) ?? { success: 0, refused: 0 };
    if (series.outcome === "success") counts.success += value;
    else counts.refused += value;
    all.set(series.config, counts);
  }
  return all;
}

function syncOf(known: RouteState | undefined, now: RouteCounts): ProxySync {
  const before = known ?? { success: 0, refused: 0, sync: "unknown" };
  const hasTaken = now.success > before.success;
  const hasRefused = now.refused > before.refused;
  if (hasTaken && hasRefused) return "unknown";
  if (hasTaken) return "synced";
  return hasRefused ? "rejected" : before.sync;
}
