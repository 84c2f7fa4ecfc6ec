import { mentionedClusters } from "./read-rules.ts";
import type { FileRouteConfiguration } from "./wire.ts";

interface Candidate {
  /** As it would be written, every alias resolved. */
  config: FileRouteConfiguration;
  /** Targets that exist for the proxies; `null` when no proxy could be asked: then every mentioned one counts. */
  knownClusters: ReadonlySet<string> | null;
}

const TYPES = "type.googleapis.com/envoy.extensions.filters";

/** A bootstrap that holds the candidate inline: only referred to by path, as proxies do it, nothing of it would be checked. */
export function bootstrapOf({ config, knownClusters }: Candidate): object {
  const names = mentionedClusters(config).filter((name) => knownClusters === null || knownClusters.has(name));
  const { "@type": _type, ...route } = config;
  // Inline configurations check their targets by default, subscribed ones do not: say which it is.
  const candidate = { ...route, validate_clusters: config.validate_clusters ?? false };
  const manager = {
    "@type": `${TYPES}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "dry_run",
    route_config: candidate,
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": `${TYPES}.http.router.v3.Router` } }],
  };
  const filter = { name: "envoy.filters.network.http_connection_manager", typed_config: manager };
  const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  return {
    node: { id: "weft-dry-run", cluster: "weft" },
    static_resources: {
      listeners: [{ name: "dry_run", address, filter_chains: [{ filters: [filter] }] }],
      clusters: names.map((name) => ({ name, type: "STATIC", connect_timeout: "1s" })),
    },
  };
}
