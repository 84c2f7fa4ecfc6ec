import { clusterName } from "../mesh/identity.ts";
import type { Instance } from "../mesh/plan.ts";
import { SERVICES, serviceNamed, type Service } from "../mesh/services.ts";
import { authorizationFilters, hasAuthorization } from "./authorization.ts";
import {
  inboundConnections,
  inboundHandshakes,
  inboundRequests,
  ingressRequests,
  outboundConnections,
  outboundRequests,
} from "./access-log.ts";
import { fromFile, socketAddress, type, type Json, type JsonObject } from "./json.ts";
import { requireMutualTls, serveTls, type TlsFiles } from "./tls.ts";
import { tracing } from "./tracing.ts";

export interface ListenerInput {
  readonly instance: Instance;
  readonly tls: TlsFiles;
  readonly routeFile: (host: string) => string;
  /** Whether spans are sent; without a receiver the tracer is left out altogether. */
  readonly traced: boolean;
}

/** What the outside calls: the ingress at the gateway, the inbound listener everywhere else. */
export function inboundListener(input: ListenerInput): JsonObject {
  const service = serviceNamed(input.instance.service);
  const address = socketAddress("127.0.0.1", input.instance.inboundPort);
  const witness = { access_log: [inboundHandshakes()] };
  if (!service.hasApp) return { ...listener("ingress", "INBOUND", address, [ingressChain(input)]), ...witness };
  if (service.permissive !== true) return { ...listener("inbound", "INBOUND", address, [mutualChain(service, input)]), ...witness };
  return {
    ...listener("inbound", "INBOUND", address, [
      { filter_chain_match: { transport_protocol: "tls" }, ...mutualChain(service, input) },
      { filter_chain_match: { transport_protocol: "raw_buffer" }, filters: inboundFilters("inbound_plain", service, input) },
    ]),
    ...witness,
    listener_filters: [
      {
        name: "envoy.filters.listener.tls_inspector",
        typed_config: { "@type": type("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector") },
      },
    ],
  };
}

/** One listener per host that the application calls. */
export function outboundListeners(input: ListenerInput): JsonObject[] {
  return Object.entries(input.instance.outboundPorts).map(([host, port]) =>
    listener(`outbound_${host}`, "OUTBOUND", socketAddress("127.0.0.1", port), [{ filters: outboundFilters(host, input) }]),
  );
}

function listener(name: string, direction: string, address: JsonObject, chains: readonly JsonObject[]): JsonObject {
  return {
    name,
    stat_prefix: name,
    traffic_direction: direction,
    address,
    // With the default a second process could bind the same port and silently take half of the connections.
    enable_reuse_port: false,
    filter_chains: chains,
  };
}

function mutualChain(service: Service, input: ListenerInput): JsonObject {
  return {
    transport_socket: requireMutualTls(input.tls, { http: service.protocol !== "tcp" }),
    filters: inboundFilters("inbound", service, input),
  };
}

function inboundFilters(statPrefix: string, service: Service, input: ListenerInput): Json {
  if (service.protocol === "tcp") return [tcpProxy(statPrefix, "inbound_app", inboundConnections(), AFTER_HANDSHAKE)];
  const { instance } = input;
  return [
    connectionManager(statPrefix, input, {
      forward_client_cert_details: "SANITIZE_SET",
      set_current_client_cert_details: { uri: true },
      route_config: {
        name: "inbound",
        virtual_hosts: [
          {
            name: "local",
            domains: ["*"],
            routes: [{ name: "local", match: { prefix: "/" }, route: { cluster: "inbound_app", timeout: "30s" } }],
          },
        ],
      },
      access_log: [inboundRequests({ byAddress: service.permissive === true, authorized: hasAuthorization(service) })],
      http_filters: [...authorizationFilters(service), ROUTER],
      local_reply_config: localReplies(clusterName(service.port, instance.version, service.name)),
    }),
  ];
}

function outboundFilters(host: string, input: ListenerInput): Json {
  const name = `outbound_${host}`;
  const service = SERVICES.find((candidate) => candidate.name === host);
  if (service?.protocol === "tcp") return [tcpProxy(name, clusterName(service.port, "", host), outboundConnections())];
  return [
    connectionManager(name, input, {
      rds: { route_config_name: host, config_source: fromFile(input.routeFile(host)) },
      access_log: [outboundRequests()],
      local_reply_config: localReplies("%UPSTREAM_CLUSTER_RAW%"),
    }),
  ];
}

/** The gateway routes by the file of the one host it serves. */
function ingressChain(input: ListenerInput): JsonObject {
  return {
    transport_socket: serveTls(input.tls),
    filters: [
      connectionManager("ingress", input, {
        use_remote_address: true,
        early_header_mutation_extensions: [trustNobodyOutside(input.instance.service)],
        rds: { route_config_name: "frontend", config_source: fromFile(input.routeFile("frontend")) },
        access_log: [ingressRequests()],
        local_reply_config: localReplies("%UPSTREAM_CLUSTER_RAW%"),
      }),
    ],
  };
}

/** Strips what only proxies may say, and names the caller for the ledger's sake: nobody else can do it for a proxy without an application. */
function trustNobodyOutside(service: string): JsonObject {
  return {
    name: "envoy.http.early_header_mutation.header_mutation",
    typed_config: {
      "@type": type("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation"),
      mutations: [
        { remove: "x-envoy-attempt-count" },
        { append: { header: { key: "x-demo-caller", value: service }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } },
      ],
    },
  };
}

const ROUTER: JsonObject = {
  name: "envoy.filters.http.router",
  typed_config: { "@type": type("envoy.extensions.filters.http.router.v3.Router") },
};

function connectionManager(statPrefix: string, input: ListenerInput, config: JsonObject): JsonObject {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: statPrefix,
      ...(input.traced ? { tracing: tracing(input.instance) } : {}),
      http_filters: [ROUTER],
      ...config,
    },
  };
}

/**
 * Marks answers that a proxy made itself, so that the ledger can tell "the service said 503" from "never arrived", and which
 * version was meant. Services answer with `x-demo-app` instead.
 */
function localReplies(cluster: string): JsonObject {
  return {
    mappers: [
      {
        filter: { status_code_filter: { comparison: { op: "GE", value: { default_value: 400, runtime_key: "demo.local_reply_from" } } } },
        headers_to_add: [{ header: { key: "x-demo-local-reply", value: `%RESPONSE_FLAGS%;${cluster}` }, append_action: "ADD_IF_ABSENT" }],
      },
    ],
  };
}

/**
 * By default the proxy dials its application while the caller's TLS handshake is still going on, and the record of the standing
 * connection then has no peer and a wrong TLS version.
 */
const AFTER_HANDSHAKE: JsonObject = { upstream_connect_mode: "ON_DOWNSTREAM_TLS_HANDSHAKE", max_early_data_bytes: 0 };

function tcpProxy(statPrefix: string, cluster: string, accessLog: JsonObject, options: JsonObject = {}): JsonObject {
  return {
    name: "envoy.filters.network.tcp_proxy",
    typed_config: {
      "@type": type("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"),
      stat_prefix: statPrefix,
      cluster,
      access_log: [accessLog],
      // One record when the connection stands and one when it ends: long connections are counted while they live.
      access_log_options: { flush_access_log_on_connected: true },
      ...options,
    },
  };
}
