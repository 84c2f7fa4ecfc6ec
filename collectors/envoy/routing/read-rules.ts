import type { RouteRule } from "#lib/model/routing.ts";
import { sharesOf } from "#lib/routing/apportion.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import { describeMatch } from "./describe-match.ts";
import { describeRetries, timeoutOf } from "./describe-policy.ts";
import type { NodePath } from "../files/node-path.ts";
import type { RouteText } from "./parse-route-text.ts";
import { rulePlaces } from "./rule-ids.ts";
import { readSplit, type FileSplit } from "./split.ts";
import type { TargetName } from "./target-names.ts";
import type { FileRouteConfiguration } from "./wire.ts";

/** A rule with what is needed to edit it. */
export interface FileRule {
  rule: RouteRule;
  split: FileSplit;
  /** Leads to the route in the document. */
  path: NodePath;
}

/** The rules of one route configuration of a file, in the order in which the proxies try them. */
export function readRules(file: RouteText, index: number, facts: (cluster: string) => TargetName): FileRule[] {
  const config = file.configs[index];
  const { document } = file;
  if (config === undefined || document === null) return [];
  return rulePlaces(config).flatMap(({ id, host, route }) => {
    const virtualHost = config.virtual_hosts[host];
    const entry = virtualHost?.routes[route];
    if (virtualHost === undefined || entry === undefined) return [];
    const path = ["resources", index, "virtual_hosts", host, "routes", route];
    const split = readSplit(document, file.text, path, entry.route);
    const words = describeMatch(entry.match);
    const rule: RouteRule = {
      id,
      match: config.virtual_hosts.length === 1 ? words : `${describeHost(virtualHost.domains)}: ${words}`,
      legs: legsOf(split, facts),
      timeoutMs: entry.route === undefined ? null : timeoutOf(entry.route.timeout),
      retries: describeRetries(entry.route?.retry_policy ?? virtualHost.retry_policy),
      editable: split.reason === null,
      reason: split.reason,
    };
    return [{ rule, split, path }];
  });
}

function legsOf(split: FileSplit, facts: (cluster: string) => TargetName): RouteRule["legs"] {
  const shares = sharesOf(split.legs.map((leg) => leg.weight));
  return split.legs.map(({ cluster, weight }, index) => {
    const { service, version } = facts(cluster);
    return { id: cluster, service, version, weight, share: shares[index] ?? 0 };
  });
}

function describeHost(domains: readonly string[]): string {
  const [first] = domains;
  if (first === undefined) return "no host";
  return first === "*" ? "any host" : plainName(first);
}

/** The one host that a configuration is for: its only virtual host's first literal domain, else its own name. */
export function hostOf(config: FileRouteConfiguration): string {
  const [only, ...further] = config.virtual_hosts;
  const domain = further.length === 0 ? only?.domains.find((one) => !one.includes("*")) : undefined;
  return plainName(domain?.replace(/:\d+$/, "") ?? config.name);
}

/** Every target name that a configuration mentions, also in mirrors. */
export function mentionedClusters(config: FileRouteConfiguration): string[] {
  const names = new Set<string>();
  collect(config.virtual_hosts, names);
  return [...names];
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, names);
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === "cluster" && typeof inner === "string") names.add(inner);
      else if (key === "clusters" && Array.isArray(inner)) addNames(inner, names);
      else collect(inner, names);
    }
  }
}

function addNames(clusters: readonly unknown[], names: Set<string>): void {
  for (const cluster of clusters) {
    if (typeof cluster === "object" && cluster !== null && "name" in cluster && typeof cluster.name === "string") names.add(cluster.name);
  }
}
