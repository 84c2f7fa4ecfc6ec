import { CARD_NETWORK_CLUSTER, destinationsOf } from "../mesh/identity.ts";
import { instancesOf, type Instance, type MeshPlan } from "../mesh/plan.ts";
import { CARD_NETWORK, calleesOf, serviceNamed, type Protocol, type Service } from "../mesh/services.ts";
import { discovery, fromFile, socketAddress, type, type JsonObject } from "./json.ts";
import { dialCardNetwork, dialMutualTls, type TlsFiles } from "./tls.ts";

const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const HTTP2 = { explicit_http_config: { http2_protocol_options: {} } };
const HTTP1 = { explicit_http_config: { http_protocol_options: {} } };
const BY_ALPN = { auto_config: { http_protocol_options: {}, http2_protocol_options: {} } };

/** A changed certificate only shows in new handshakes: connections between proxies are renewed this often, so that it soon does. */
export const MESH_CONNECTION_LIFE = "10s";

/** Where the endpoints of a cluster are read from: a file for each, as Envoy refuses one with the endpoints of several. */
export type EndpointsFile = (cluster: string) => string;

/** The clusters of everything `instance` calls: only those, which keeps its statistics small. */
export function outboundClusters(instance: Instance, endpointsFile: EndpointsFile, tls: TlsFiles): JsonObject[] {
  return calleesOf(instance.service).flatMap((host) => {
    if (host === CARD_NETWORK.name) return [cardNetworkCluster(endpointsFile(CARD_NETWORK_CLUSTER), tls)];
    const service = serviceNamed(host);
    return destinationsOf(service).map(({ cluster, version }) => serviceCluster(service, cluster, version, endpointsFile(cluster), tls));
  });
}

function serviceCluster(service: Service, name: string, version: string, endpointsFile: string, tls: TlsFiles): JsonObject {
  return {
    ...fileEndpoints(name, endpointsFile),
    metadata: weftMetadata({ namespace: service.namespace, service: service.name, version }),
    ...GUARDS,
    ...(service.protocol === "tcp"
      ? {}
      : httpOptions({ ...BY_ALPN, common_http_protocol_options: { max_connection_duration: MESH_CONNECTION_LIFE } })),
    transport_socket: dialMutualTls(tls, service),
  };
}

function cardNetworkCluster(endpointsFile: string, tls: TlsFiles): JsonObject {
  return {
    ...fileEndpoints(CARD_NETWORK_CLUSTER, endpointsFile),
    metadata: weftMetadata({ service: CARD_NETWORK.name, external: true }),
    ...GUARDS,
    ...httpOptions(HTTP1),
    transport_socket: dialCardNetwork(tls),
  };
}

/** Endpoints come from a file of the proxy's own, so that one caller can be cut off from everybody while it runs. */
function fileEndpoints(name: string, endpointsFile: string): JsonObject {
  return { name, type: "EDS", connect_timeout: "2s", eds_cluster_config: { eds_config: fromFile(endpointsFile) } };
}

const GUARDS: JsonObject = {
  // Without this a service whose last endpoint was ejected would get traffic all the same.
  common_lb_config: { healthy_panic_threshold: { value: 0 } },
  circuit_breakers: {
    thresholds: [{ max_connections: 200, max_pending_requests: 200, max_requests: 200, max_retries: 10, track_remaining: true }],
  },
  // A destination is taken out when it cannot be reached, never for what it answers: a failing candidate must stay in sight.
  outlier_detection: {
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: 5,
    enforcing_consecutive_local_origin_failure: 100,
    enforcing_consecutive_5xx: 0,
    enforcing_consecutive_gateway_failure: 0,
    interval: "2s",
    base_ejection_time: "5s",
    max_ejection_percent: 100,
  },
};

function weftMetadata(weft: JsonObject): JsonObject {
  return { filter_metadata: { weft } };
}

function httpOptions(options: JsonObject): JsonObject {
  return { typed_extension_protocol_options: { [HTTP_OPTIONS]: { "@type": type(HTTP_OPTIONS), ...options } } };
}

/** The application behind the proxy. */
export function appCluster(instance: Instance, protocol: Protocol): JsonObject {
  const options = protocol === "tcp" ? {} : httpOptions(protocol === "grpc" ? HTTP2 : HTTP1);
  return staticCluster("inbound_app", instance.appPort, options);
}

/** Where spans go, as OTLP over gRPC. */
export function otlpCluster(port: number): JsonObject {
  return staticCluster("otlp", port, httpOptions(HTTP2));
}

function staticCluster(name: string, port: number, options: JsonObject): JsonObject {
  return { name, type: "STATIC", connect_timeout: "1s", load_assignment: assignment(name, [port]), ...options };
}

function assignment(cluster: string, ports: readonly number[]): JsonObject {
  return {
    cluster_name: cluster,
    endpoints: [{ lb_endpoints: ports.map((port) => ({ endpoint: { address: socketAddress("127.0.0.1", port) } })) }],
  };
}

/** The endpoints files of a proxy, by cluster. A partitioned one finds nobody anywhere: every address refuses the connection. */
export function endpoints(
  instance: Instance,
  plan: MeshPlan,
  options: { partitioned: boolean; version: string },
): ReadonlyMap<string, JsonObject> {
  const file = (cluster: string, ports: readonly number[]): [string, JsonObject] => {
    const reachable = options.partitioned ? [plan.unreachablePort] : ports;
    return [cluster, discovery("envoy.config.endpoint.v3.ClusterLoadAssignment", [assignment(cluster, reachable)], options.version)];
  };
  return new Map(
    calleesOf(instance.service).flatMap((host) => {
      if (host === CARD_NETWORK.name) return [file(CARD_NETWORK_CLUSTER, [plan.cardNetworkPort])];
      return destinationsOf(serviceNamed(host)).map(({ cluster, version }) =>
        file(
          cluster,
          instancesOf(plan, host, version).map((target) => target.inboundPort),
        ),
      );
    }),
  );
}
