import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { ADMIN_PATHS } from "./admin/client.ts";
import { Listener } from "./admin/wire-config.ts";
import { configFacts } from "./config/config-facts.ts";
import { handshakeStats, inboundStats, outboundStats } from "./testing/recommended-logger.ts";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = ""]): unknown => parse(block));
const [bootstrap, inbound, outbound, handshakes] = blocks;

/** The same logger, whatever order its tags are written in. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, normal(inner)])
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );
}

const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

const chain = (accessLog: unknown, more: object = {}): object => ({
  ...more,
  filters: [
    {
      name: "hcm",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        access_log: accessLog,
        route_config: { name: "r", virtual_hosts: [{ name: "v", domains: ["*"], include_request_attempt_count: true }] },
      },
    },
  ],
});

describe("the recipe of the README", () => {
  it("leaves no gap", () => {
    const listeners = [
      Listener.parse({
        name: "inbound",
        traffic_direction: "INBOUND",
        access_log: handshakes,
        filter_chains: [
          chain(inbound, { transport_socket: { name: "tls", typed_config: { "@type": TLS, require_client_certificate: true } } }),
        ],
      }),
      Listener.parse({ name: "outbound", traffic_direction: "OUTBOUND", filter_chains: [chain(outbound)] }),
    ];
    expect(configFacts({ listeners, clusters: [], routes: [], statsFlushSeconds: 1 })).toMatchObject({
      gaps: [],
      logsInbound: { http: true },
    });
  });

  it("is what the integration tests give to a real Envoy", () => {
    expect(normal(inbound)).toEqual(normal([inboundStats]));
    expect(normal(outbound)).toEqual(normal([outboundStats]));
    expect(normal(handshakes)).toEqual(normal([handshakeStats]));
    expect(bootstrap).toMatchObject({
      stats_flush_interval: "1s",
      node: { metadata: { weft: { namespace: "shop", service: "cart", version: "v1" } } },
    });
  });

  it("names every path that is asked for", () => {
    for (const path of ADMIN_PATHS) expect(readme).toContain(`\`${path}`);
  });
});
