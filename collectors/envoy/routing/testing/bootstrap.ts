export interface BootstrapOptions {
  id: string;
  adminPort: number;
  /** Path that the proxy watches. */
  routeFile: string;
  /** Name of the route configuration that it waits for. */
  routeName: string;
  /** A file from which its listeners come; `null` = they stand in the bootstrap. */
  listenerFile: string | null;
  /** Target names with the number of their endpoints. */
  clusters: Readonly<Record<string, number>>;
}

const TYPES = "type.googleapis.com/envoy.extensions.filters";

/** A proxy that takes its routes from a file; its listener gets a free port, and nothing answers behind it. */
export function bootstrapFor(options: BootstrapOptions): object {
  const { id, adminPort, listenerFile, clusters } = options;
  const lds = { lds_config: { resource_api_version: "V3", path_config_source: { path: listenerFile } } };
  return {
    node: { id, cluster: "caller" },
    admin: { address: socket(adminPort) },
    ...(listenerFile === null ? {} : { dynamic_resources: lds }),
    static_resources: {
      listeners: listenerFile === null ? [listener(options)] : [],
      clusters: Object.entries(clusters).map(([name, count]) => cluster(name, count)),
    },
  };
}

/** What the listener file of such a proxy holds. */
export function listenersFor(options: BootstrapOptions): object {
  return { version_info: "1", resources: [{ "@type": "type.googleapis.com/envoy.config.listener.v3.Listener", ...listener(options) }] };
}

function listener({ routeFile, routeName }: BootstrapOptions): object {
  const manager = {
    "@type": `${TYPES}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "outbound_reviews",
    rds: { route_config_name: routeName, config_source: { resource_api_version: "V3", path_config_source: { path: routeFile } } },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": `${TYPES}.http.router.v3.Router` } }],
  };
  const filter = { name: "envoy.filters.network.http_connection_manager", typed_config: manager };
  return { name: "outbound_reviews", address: socket(0), filter_chains: [{ filters: [filter] }] };
}

function cluster(name: string, count: number): object {
  const [, , version = "", service = ""] = name.split("|");
  const endpoints = Array.from({ length: count }, (_, index) => ({ endpoint: { address: socket(1 + index) } }));
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    metadata: { filter_metadata: { weft: { namespace: "reviews", service, version } } },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
  };
}

function socket(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
