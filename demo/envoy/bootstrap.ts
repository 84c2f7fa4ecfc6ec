import type { Instance } from "../mesh/plan.ts";
import { serviceNamed } from "../mesh/services.ts";
import { appCluster, otlpCluster, outboundClusters, type EndpointsFile } from "./clusters.ts";
import { discovery, fromFile, socketAddress, type, type Json, type JsonObject } from "./json.ts";
import { inboundListener, outboundListeners, type ListenerInput } from "./listeners.ts";

/** Bucket bounds in milliseconds, finer where the demo's services live, so that a p95 is right to one bucket. */
export const DURATION_BUCKETS = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1000, 2500, 5000, 10000,
] as const;

export interface BootstrapInput extends Omit<ListenerInput, "traced"> {
  readonly endpointsFile: EndpointsFile;
  /** Only read for a proxy whose listeners come by LDS. */
  readonly listenerFile: string;
  /** Port of the OTLP receiver (gRPC); `undefined`: no tracing. */
  readonly otlpPort: number | undefined;
}

/** The whole bootstrap of one proxy. */
export function bootstrap(input: BootstrapInput): JsonObject {
  const { instance } = input;
  const permissive = serviceNamed(instance.service).permissive === true;
  return {
    node: {
      id: instance.id,
      cluster: instance.service,
      metadata: { weft: { namespace: instance.namespace, service: instance.service, version: instance.version } },
    },
    admin: admin(instance),
    cluster_manager: { upstream_bind_config: { source_address: { address: instance.address, port_value: 0 } } },
    // Histograms are merged at the flush; the default of 5 s would make every p95 five seconds old.
    stats_flush_interval: "1s",
    stats_config: {
      use_all_default_tags: true,
      histogram_bucket_settings: [
        // The logger's tags sit inside the raw name, where a suffix would miss them.
        { match: { contains: "duration_ms" }, buckets: DURATION_BUCKETS },
        { match: { suffix: "rq_time" }, buckets: DURATION_BUCKETS },
      ],
    },
    layered_runtime: RUNTIME,
    overload_manager: OVERLOAD,
    ...(permissive ? { dynamic_resources: { lds_config: fromFile(input.listenerFile) } } : {}),
    static_resources: {
      ...(permissive ? {} : { listeners: proxyListeners(input) }),
      clusters: proxyClusters(input),
    },
  };
}

/** The file that carries a permissive proxy's listeners. */
export function listenerDiscovery(input: BootstrapInput): JsonObject {
  return discovery("envoy.config.listener.v3.Listener", proxyListeners(input));
}

function proxyListeners(input: BootstrapInput): JsonObject[] {
  const listenerInput = { ...input, traced: input.otlpPort !== undefined };
  return [inboundListener(listenerInput), ...outboundListeners(listenerInput)];
}

function proxyClusters(input: BootstrapInput): JsonObject[] {
  const service = serviceNamed(input.instance.service);
  return [
    ...(service.hasApp ? [appCluster(input.instance, service.protocol)] : []),
    ...outboundClusters(input.instance, input.endpointsFile, input.tls),
    ...(input.otlpPort === undefined ? [] : [otlpCluster(input.otlpPort)]),
  ];
}

function admin(instance: Instance): JsonObject {
  const prefixes = ["/server_info", "/stats", "/clusters", "/listeners", "/config_dump", "/certs"];
  return {
    address: socketAddress("127.0.0.1", instance.adminPort),
    ignore_global_conn_limit: true,
    allow_paths: [{ exact: "/ready" }, ...prefixes.map((prefix): Json => ({ prefix }))],
  };
}

const RUNTIME: JsonObject = {
  layers: [
    // By default spans leave five at a time, which costs more than tracing itself.
    { name: "static", static_layer: { "tracing.opentelemetry.min_flush_spans": 100, "tracing.opentelemetry.flush_interval_ms": 1000 } },
    { name: "admin", admin_layer: {} },
  ],
};

/** Silences Envoy's start-up warning about unlimited connections. */
const OVERLOAD: JsonObject = {
  resource_monitors: [
    {
      name: "envoy.resource_monitors.global_downstream_max_connections",
      typed_config: {
        "@type": type("envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"),
        max_active_downstream_connections: 10_000,
      },
    },
  ],
};
