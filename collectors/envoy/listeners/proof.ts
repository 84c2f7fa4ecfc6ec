import { plainName } from "#collectors/shared/plain-name.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { Listener } from "../admin/wire-config.ts";
import { inStatName, quoteRe2 } from "../files/stat-names.ts";
import { listenerDemand } from "./chains.ts";

/** What a proxy must show: the marker as the version of its listeners, and the listener with this demand. */
export interface Expected {
  listener: string;
  demand: ServerDemand;
  marker: string;
  /** How its statistics call the chains that were taken away. */
  leaving: readonly string[];
}

/** What a proxy has in force: the version of its listeners (empty = none), and the one in question (`null` = it has none of that name). */
export interface InForce {
  version: string;
  listener: Listener | null;
}

/** Why a proxy does not run what was written; `null` when it does. Old connections are another question. */
export function whyNotInForce({ version, listener: found }: InForce, { listener, demand, marker }: Expected): string | null {
  if (version !== marker) return version === "" ? "It has not taken any version yet." : `It still runs version ${plainName(version)}.`;
  if (found === null) return `It runs version ${plainName(version)}, but has no listener ${plainName(listener)} yet.`;
  const shown = listenerDemand(found);
  return shown === demand ? null : `It runs version ${plainName(version)}, but its listener is ${WORDS[shown]}.`;
}

/** Why what a proxy runs is not what the file says, whatever its version; `null` when it is. */
export function whyOutOfStep({ version, listener: found }: InForce, listener: string, demand: ServerDemand): string | null {
  if (found === null) return `It has no listener ${plainName(listener)}.`;
  const shown = listenerDemand(found);
  return shown === demand ? null : `Its version ${plainName(version)} is ${WORDS[shown]}, the file ${WORDS[demand]}.`;
}

export const WORDS: Readonly<Record<ServerDemand, string>> = {
  strict: "strict",
  permissive: "permissive",
  oneWay: "one-way TLS",
  off: "plaintext only",
  unknown: "of unknown demand",
};

const DRAINING = ["listener_manager.total_filter_chains_draining", "listener_manager.total_listeners_draining"];

/** The admin's own connections: where they are counted, those of other HTTP chains are too. */
const WITNESS = "http.admin.downstream_cx_active";

/** The statistics that tell of what is still open (RE2). */
export function openFilter(leaving: readonly string[]): string {
  const names = [...DRAINING, WITNESS, ...leaving.map(gaugeOf)].map(quoteRe2);
  return `^(${names.join("|")})$`;
}

/**
 * What is still open of what was taken away, as a sentence; `null` when nothing is. A chain's own statistic goes with its
 * last connection. That chains drain is told for all listeners together and for the whole drain time, ten minutes by
 * default, with or without a connection: it decides only where a chain has no statistic of its own.
 */
export function whyStillOpen(stats: ReadonlyMap<string, number>, leaving: readonly string[]): string | null {
  const open = leaving.reduce((all, name) => all + (stats.get(gaugeOf(name)) ?? 0), 0);
  if (open > 0) return `${open} connection${open === 1 ? "" : "s"} of the old plaintext listener ${open === 1 ? "is" : "are"} still open.`;
  if (leaving.length > 0 && stats.has(WITNESS)) return null;
  if (DRAINING.some((name) => !stats.has(name))) return "It does not tell whether connections of its old listener are still open.";
  if (DRAINING.some((name) => (stats.get(name) ?? 0) > 0))
    return "It is still closing its old filter chains, for which it takes its whole drain time.";
  return null;
}

function gaugeOf(name: string): string {
  return `${inStatName(name)}.downstream_cx_active`;
}
