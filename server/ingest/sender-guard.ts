import type { Refusal } from "./refusal.ts";

const OWN_SITES = new Set(["none", "same-origin"]);

/**
 * A page that somebody happens to look at must not be able to plant spans, and a browser lets any page send to loopback.
 * It cannot keep the browser from adding these headers, and no other sender has them. The Host is not looked at: a proxy
 * names its own cluster there.
 */
export function browserRefusal(origin: unknown, fetchSite: unknown): Refusal | null {
  const isForeign = typeof fetchSite === "string" && !OWN_SITES.has(fetchSite.toLowerCase());
  if (origin === undefined && !isForeign) return null;
  return { cause: "browser", text: "Telemetry from web pages is not taken here; send it from a program, or through a collector" };
}
