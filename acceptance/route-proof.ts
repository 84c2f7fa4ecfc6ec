import { z } from "zod";

import type { DemoState } from "./demo-mesh.ts";

const Weighted = z.object({
  weighted_clusters: z.object({ clusters: z.array(z.object({ name: z.string(), weight: z.number().optional() })) }),
});
const Dump = z.object({
  configs: z
    .array(
      z.object({
        version_info: z.string().optional(),
        route_config: z.object({
          name: z.string(),
          virtual_hosts: z.array(z.object({ routes: z.array(z.object({ route: z.unknown() })) })),
        }),
      }),
    )
    .optional(),
});

/**
 * What one proxy itself says it runs for a host: its version text and the weights by cluster. Asked here without any of
 * Weft's code, so that it can catch a false "live". `null` when the proxy does not answer or has no such route.
 */
export async function askProxy(adminUrl: string, host: string): Promise<{ version: string; weights: Record<string, number> } | null> {
  const response = await fetch(`${adminUrl}/config_dump?resource=dynamic_route_configs`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => null,
  );
  if (response === null || !response.ok) return null;
  const dump = Dump.parse(await response.json());
  const found = dump.configs?.find((config) => config.route_config.name === host);
  if (found === undefined) return null;
  const weights: Record<string, number> = {};
  for (const { route } of found.route_config.virtual_hosts.flatMap((vhost) => vhost.routes)) {
    const weighted = Weighted.safeParse(route);
    if (!weighted.success) continue;
    for (const { name, weight } of weighted.data.weighted_clusters.clusters) weights[name] = weight ?? 0;
  }
  return { version: found.version_info ?? "", weights };
}

/** Proxies of the services that call reviews. */
export function callersOfReviews(state: DemoState): DemoState["proxies"] {
  return state.proxies.filter((proxy) => proxy.service === "frontend" || proxy.service === "catalog");
}
