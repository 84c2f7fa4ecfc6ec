import type { Notice } from "#lib/model/evidence.ts";

import { nameProxies } from "./name-proxies.ts";
import type { ProxyReading } from "./proxy-readings.ts";

/** Ids of the proxies that never told where their configuration comes from. */
export function neverSeenAmong(proxies: readonly ProxyReading<unknown>[]): string[] {
  return proxies.filter((proxy) => proxy.told === null).map((proxy) => proxy.id);
}

/** Says that some proxies never told where their routes or listeners come from. */
export function neverSeenNotice(thing: "route" | "listener", source: string, ids: readonly string[]): Notice {
  return {
    level: "warning",
    code: "proxies-never-reached",
    text: `Which ${thing}s ${nameProxies(ids)} ${ids.length === 1 ? "takes" : "take"} is not known: never reached so far.`,
    source,
    mend: "Check that the proxies run and that their admin addresses answer.",
  };
}
