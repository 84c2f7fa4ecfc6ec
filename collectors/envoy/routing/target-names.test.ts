import { describe, expect, it } from "vitest";

import { Cluster } from "../admin/wire-config.ts";
import { clusterFacts } from "../config/cluster-facts.ts";
import { nameTarget } from "./target-names.ts";

describe("nameTarget", () => {
  it.each<[string, object | null, object]>([
    [
      "outbound|9080|v1|reviews",
      { service: "reviews", version: "v1", namespace: "shop" },
      { nodeId: "shop/reviews", service: "reviews", version: "v1" },
    ],
    [
      "outbound|443||card-network",
      { service: "card-network", external: true },
      { nodeId: "external/card-network", service: "card-network", version: null },
    ],
    ["outbound|9080|v2|reviews", null, { nodeId: "unknown/reviews", service: "reviews", version: "v2" }],
    ["outbound|9080|v2|reviews", { service: "reviews" }, { nodeId: "unknown/reviews", service: "reviews", version: "v2" }],
    ["outbound|80|v1|reviews.shop.svc.cluster.local", null, { nodeId: "shop/reviews", service: "reviews", version: "v1" }],
    ["outbound|80||api.example.com", null, { nodeId: "unknown/api.example.com", service: "api.example.com", version: null }],
    ["inbound|80|v1|x", null, { nodeId: "unknown/inbound\\u{7c}80\\u{7c}v1\\u{7c}x", service: "inbound|80|v1|x", version: "v1" }],
    ["reviews_v2", null, { nodeId: "unknown/reviews_v2", service: "reviews_v2", version: null }],
    [
      "a/b",
      { service: "a/b", namespace: "n|m", version: "v\u202e" },
      { nodeId: "n\\u{7c}m/a\\u{2f}b", service: "a/b", version: "v\\u{202e}" },
    ],
  ])("%s with %j", (name, metadata, target) => {
    const cluster = Cluster.parse({ name, ...(metadata === null ? {} : { metadata: { filter_metadata: { weft: metadata } } }) });
    expect(nameTarget(clusterFacts(cluster))).toEqual(target);
  });
});
