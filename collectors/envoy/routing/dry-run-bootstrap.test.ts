import { describe, expect, it } from "vitest";

import { bootstrapOf } from "./dry-run-bootstrap.ts";
import { parseRouteText } from "./parse-route-text.ts";
import { REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";

function bootstrapSeen(knownClusters: ReadonlySet<string> | null = null, text = REVIEWS_YAML) {
  const [config] = parseRouteText(text, "yaml").configs;
  if (config === undefined) throw new Error("no configuration");
  return JSON.parse(JSON.stringify(bootstrapOf({ config, knownClusters })));
}

describe("the bootstrap of a dry run", () => {
  it("holds the candidate inline, with the targets that the proxies know", () => {
    const seen = bootstrapSeen();
    expect(seen.static_resources.clusters.map((cluster: { name: string }) => cluster.name)).toEqual([V1, V2]);
    const manager = seen.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
    expect(manager.route_config).toMatchObject({ name: "reviews", validate_clusters: true });
    expect(manager.route_config).not.toHaveProperty("@type");
    const narrowed = bootstrapSeen(new Set([V1, "other"]));
    expect(narrowed.static_resources.clusters.map((cluster: { name: string }) => cluster.name)).toEqual([V1]);
  });

  it("says that targets are not validated where the file does not ask for it, since inline ones are by default", () => {
    const seen = bootstrapSeen(null, REVIEWS_YAML.replace("    validate_clusters: true\n", ""));
    expect(seen.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.validate_clusters).toBe(false);
  });
});
