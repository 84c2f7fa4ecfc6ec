import { stringify } from "yaml";

import type { KeyPair } from "../../testing/authority.ts";
import { cluster, socket, typed } from "../../testing/real-envoy.ts";
import { fileOf } from "./listener-texts.ts";

/** The files that the proxies of a test read. */
export interface MeshFiles {
  trust: string;
  secret: string;
  listeners: string;
}

export function secretOf({ certificate, privateKey }: KeyPair): string {
  const pair = { certificate_chain: { inline_string: certificate }, private_key: { inline_string: privateKey } };
  return JSON.stringify({
    resources: [{ ...typed("envoy.extensions.transport_sockets.tls.v3.Secret"), name: "workload", tls_certificate: pair }],
  });
}

/** A proxy that takes its listeners from a file. */
export function bootstrapFor(id: string, ports: { admin: number; app: number }, files: MeshFiles): object {
  return {
    node: { id, cluster: "ledger", metadata: { weft: { namespace: "payments", service: "ledger", version: "v1" } } },
    admin: { address: socket(ports.admin), ignore_global_conn_limit: true },
    dynamic_resources: { lds_config: { resource_api_version: "V3", path_config_source: { path: files.listeners } } },
    static_resources: { clusters: [cluster("inbound_app", ports.app)] },
  };
}

/** The listener file: mutual TLS beside plaintext, on a port that each proxy chooses. */
export function ledgerText(files: MeshFiles): string {
  const inspector = {
    name: "envoy.filters.listener.tls_inspector",
    typed_config: typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
  };
  const inbound = {
    ...typed("envoy.config.listener.v3.Listener"),
    name: "inbound",
    stat_prefix: "inbound",
    traffic_direction: "INBOUND",
    address: socket(0),
    listener_filters: [inspector],
    filter_chains: [
      { filter_chain_match: { transport_protocol: "tls" }, transport_socket: mutualTls(files), filters: [manager("inbound")] },
      { filter_chain_match: { transport_protocol: "raw_buffer" }, filters: [manager("inbound_plain")] },
    ],
  };
  return `# What ledger lets in.\n${stringify(fileOf([inbound]), { aliasDuplicateObjects: false })}`;
}

function mutualTls({ trust, secret }: MeshFiles): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      ...typed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
      require_client_certificate: true,
      common_tls_context: {
        tls_certificate_sds_secret_configs: [{ name: "workload", sds_config: { path_config_source: { path: secret } } }],
        validation_context: { trusted_ca: { filename: trust } },
      },
    },
  };
}

function manager(name: string): object {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      ...typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: name,
      route_config: {
        name,
        virtual_hosts: [{ name, domains: ["*"], routes: [{ name, match: { prefix: "/" }, route: { cluster: "inbound_app" } }] }],
      },
      http_filters: [{ name: "envoy.filters.http.router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router") }],
    },
  };
}
