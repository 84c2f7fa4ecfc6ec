import { plainName } from "#collectors/shared/plain-name.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { Listener } from "../admin/wire-config.ts";
import { inStatName, quoteRe2 } from "../files/stat-names.ts";
import { listenerDemand } from "./chains.ts";

/** What a proxy must show: the listener in force, with the marker as its version and this demand. */
export interface Expected {
  listener: string;
  demand: ServerDemand;
  marker: string;
  /** How its statistics call the chains that were taken away. */
  leaving: readonly string[];
}

/** The listener that a proxy has in force, and the version it came with; `null` = it has none of that name. */
export type ActiveListener = { version: string; listener: Listener } | null;

/** Why a proxy does not run what was written; `null` when it does. Old connections are another question. */
export function whyNotInForce(active: ActiveListener, { listener, demand, marker }: Expected): string | null {
  if (active === null) return `It has no listener ${plainName(listener)} yet.`;
  if (active.version !== marker)
    return active.version === "" ? "It has not taken any version yet." : `It still runs version ${plainName(active.version)}.`;
  const found = listenerDemand(active.listener);
  return found === demand ? null : `It runs version ${plainName(marker)}, but its listener is ${WORDS[found]}.`;
}

/** Why what a proxy runs is not what the file says, whatever its version; `null` when it is. */
export function whyOutOfStep(active: ActiveListener, listener: string, demand: ServerDemand): string | null {
  if (active === null) return `It has no listener ${plainName(listener)}.`;
  const found = listenerDemand(active.listener);
  return found === demand ? null : `Its version ${plainName(active.version)} is ${WORDS[found]}, the file ${WORDS[demand]}.`;
}

export const WORDS: Readonly<Record<ServerDemand, string>> = {
  strict: "strict",
  permissive: "permissive",
  oneWay: "one-way TLS",
  off: "plaintext only",
  unknown: "of unknown demand",
};

const DRAINING = ["listener_manager.total_filter_chains_draining", "listener_manager.total_listeners_draining"];

/** The statistics that tell of what is still open (RE2). */
export function openFilter(leaving: readonly string[]): string {
  const names = [...DRAINING, ...leaving.map(gaugeOf)].map(quoteRe2);
  return `^(${names.join("|")})$`;
}

/**
 * What is still open of what was taken away, as a sentence; `null` when nothing is. A chain's own statistic goes with its
 * last connection; that chains drain is told for all listeners together, and covers what has no statistic of its own.
 */
export function whyStillOpen(stats: ReadonlyMap<string, number>, leaving: readonly string[]): string | null {
  const open = leaving.reduce((all, name) => all + (stats.get(gaugeOf(name)) ?? 0), 0);
  if (open > 0) return `${open} connection${open === 1 ? "" : "s"} of the old plaintext listener ${open === 1 ? "is" : "are"} still open.`;
  if (DRAINING.some((name) => !stats.has(name))) return "It does not tell whether connections of its old listener are still open.";
  if (DRAINING.some((name) => (stats.get(name) ?? 0) > 0)) return "It is still closing what it had before.";
  return null;
}

function gaugeOf(name: string): string {
  return `${inStatName(name)}.downstream_cx_active`;
}
