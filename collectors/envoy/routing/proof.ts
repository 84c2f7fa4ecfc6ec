import type { RouteConfiguration, RouteEntry } from "../admin/wire-config.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import { rulePlaces } from "./rule-ids.ts";

/** What a proxy must show: the route's name, and how many separate subscriptions of it read the file. */
export interface Expected {
  routeName: string;
  /** At least 1. */
  entries: number;
  write: { marker: string; ruleId: string; weights: Readonly<Record<string, number>> };
}

/** One entry of a proxy's dump: a route configuration in force, and the version it came with. */
export interface DumpEntry {
  version: string;
  config: RouteConfiguration;
}

/**
 * Whether a proxy runs what was written: every subscription of the file shows the marker as its version, exactly the asked
 * weights on the rule, and the marker as the route's own revision where it has one. `null` = it does; else why not.
 */
export function whyNotLive(entries: readonly DumpEntry[], expected: Expected): string | null {
  const named = entries.filter((entry) => entry.config.name === expected.routeName);
  if (named.length === 0) return `It has no route ${plainName(expected.routeName)} yet.`;
  const reasons = named.map((entry) => whyEntryDiffers(entry, expected));
  const matching = reasons.filter((reason) => reason === null).length;
  return matching >= expected.entries
    ? null
    : (reasons.find((reason) => reason !== null) ?? "One of its listeners does not have the new version yet.");
}

function whyEntryDiffers({ version, config }: DumpEntry, { write }: Expected): string | null {
  if (version !== write.marker)
    return version === "" ? "It has not taken any version yet." : `It still runs version ${plainName(version)}.`;
  const route = findRoute(config, write.ruleId);
  if (route === undefined) return `It runs version ${plainName(version)}, but without this rule.`;
  if (!hasWeights(route, write.weights)) return `It runs version ${plainName(version)}, but with other weights.`;
  const revision = route.metadata?.filter_metadata["weft"]?.["revision"];
  if (typeof revision === "string" && revision !== write.marker) {
    return `It runs version ${plainName(version)}, but its route carries revision ${plainName(revision)}.`;
  }
  return null;
}

/** Whether a proxy splits a rule otherwise than asked, whatever version it runs; `null` when it does not. */
export function whyOutOfStep(
  entries: readonly DumpEntry[],
  routeName: string,
  ruleId: string,
  weights: Readonly<Record<string, number>>,
): string | null {
  const named = entries.filter((entry) => entry.config.name === routeName);
  if (named.length === 0) return `It has no route ${plainName(routeName)}.`;
  for (const { version, config } of named) {
    const route = findRoute(config, ruleId);
    if (route === undefined) return `Its version ${plainName(version)} lacks this rule.`;
    if (hasWeights(route, weights)) continue;
    const legs = route.route?.weighted_clusters?.clusters ?? [];
    return `Its version ${plainName(version)} has ${legs.map((leg) => `${plainName(leg.name)} ${leg.weight}`).join(", ") || "no weights"}.`;
  }
  return null;
}

function findRoute(config: RouteConfiguration, ruleId: string): RouteEntry | undefined {
  const place = rulePlaces(config).find((one) => one.id === ruleId);
  return place === undefined ? undefined : config.virtual_hosts[place.host]?.routes[place.route];
}

function hasWeights(route: RouteEntry, weights: Readonly<Record<string, number>>): boolean {
  const legs = route.route?.weighted_clusters?.clusters ?? [];
  return (
    legs.length === Object.keys(weights).length && legs.every((leg) => Object.hasOwn(weights, leg.name) && weights[leg.name] === leg.weight)
  );
}

/** The version that a proxy says it runs of a route; `null` when it has none. */
export function versionInForce(entries: readonly DumpEntry[], routeName: string): string | null {
  const version = entries.find((entry) => entry.config.name === routeName)?.version ?? "";
  return version === "" ? null : version;
}
