import { meansFile, type RealPaths } from "../files/means-file.ts";

/** One place where a proxy takes its routes from a file. */
export interface Subscription {
  /** Name of the route configuration that it waits for. */
  routeName: string;
  /** As the proxy's configuration writes it: relative to the proxy's own working folder, or absolute. */
  path: string;
  /** Subscriptions with equal sources share one entry in the proxy's dump; others have one each. */
  source: string;
}

const MAX_DEPTH = 60;

/** Every subscription to a route file anywhere inside a listener, without repeats. */
export function findSubscriptions(listener: unknown): Subscription[] {
  const found = new Map<string, Subscription>();
  walk(listener, 0, (subscription) => found.set(subscription.source, subscription));
  return [...found.values()];
}

function walk(value: unknown, depth: number, found: (subscription: Subscription) => void): void {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
  const subscription = readSubscription(Reflect.get(value, "rds"));
  if (subscription !== null) found(subscription);
  for (const inner of Object.values(value)) walk(inner, depth + 1, found);
}

function readSubscription(rds: unknown): Subscription | null {
  const routeName = field(rds, "route_config_name");
  const source = field(rds, "config_source");
  // `path` as a plain text is the older spelling.
  const path = field(field(source, "path_config_source"), "path") ?? field(source, "path");
  if (typeof routeName !== "string" || typeof path !== "string") return null;
  return { routeName, path, source: JSON.stringify(rds) };
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** Those of a proxy's subscriptions that read this file. */
export async function subscriptionsTo(file: string, subscriptions: readonly Subscription[], fs: RealPaths): Promise<Subscription[]> {
  const means = await Promise.all(subscriptions.map((one) => meansFile(one.path, file, fs)));
  return subscriptions.filter((_, index) => means[index] === true);
}
