const TYPES = "type.googleapis.com/envoy";
export const LISTENER = `${TYPES}.config.listener.v3.Listener`;
const DOWNSTREAM = `${TYPES}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`;
const MANAGER = `${TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;

/** A listener file as a human writes it: callers with a certificate, and for now those without. */
export const LEDGER_YAML = `# What ledger lets in. Owner: team payments.
version_info: "1"
resources:
  - "@type": ${LISTENER}
    name: inbound
    traffic_direction: INBOUND
    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
    listener_filters:
      - name: envoy.filters.listener.tls_inspector
        typed_config: { "@type": ${TYPES}.extensions.filters.listener.tls_inspector.v3.TlsInspector }
    filter_chains:
      # The mesh.
      - filter_chain_match: { transport_protocol: tls }
        transport_socket:
          name: envoy.transport_sockets.tls
          typed_config:
            "@type": ${DOWNSTREAM}
            require_client_certificate: true
        filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config: { "@type": ${MANAGER}, stat_prefix: inbound }
      - filter_chain_match: { transport_protocol: raw_buffer } # until legacy-report is gone
        filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": ${MANAGER}
              stat_prefix: inbound_plain
      # What follows concerns callers of ledger's own.
  - "@type": ${LISTENER}
    name: outbound_bank
    traffic_direction: OUTBOUND
    filter_chains: [{ filters: [] }]
`;

/** The lines of it that go with STRICT. */
export const PLAINTEXT_LINES = LEDGER_YAML.slice(
  LEDGER_YAML.indexOf("      - filter_chain_match: { transport_protocol: raw_buffer }"),
  LEDGER_YAML.indexOf("      # What follows"),
);

const tls = (isMutual: boolean): object => ({
  name: "envoy.transport_sockets.tls",
  typed_config: { "@type": DOWNSTREAM, require_client_certificate: isMutual },
});

const CHAINS = {
  mutual: { filter_chain_match: { transport_protocol: "tls" }, transport_socket: tls(true) },
  oneWay: { filter_chain_match: { transport_protocol: "tls" }, transport_socket: tls(false) },
  plaintext: {},
  raw: { filter_chain_match: { transport_protocol: "raw_buffer" }, transport_socket: { name: "envoy.transport_sockets.raw_buffer" } },
  passthrough: { filter_chain_match: { transport_protocol: "tls" } },
  strange: { transport_socket: { name: "envoy.transport_sockets.alts" } },
};

/** A filter chain as data. */
export function chainOf(kind: keyof typeof CHAINS, statPrefix: string): object {
  const manager = { "@type": MANAGER, stat_prefix: statPrefix };
  return { ...CHAINS[kind], filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] };
}

/** A listener as data; it tells TLS from plaintext. */
export function listenerOf(chains: readonly object[], more: object = {}): object {
  const inspector = { name: "envoy.filters.listener.tls_inspector" };
  return {
    "@type": LISTENER,
    name: "inbound",
    traffic_direction: "INBOUND",
    listener_filters: [inspector],
    filter_chains: chains,
    ...more,
  };
}

/** A listener file as data. */
export function fileOf(listeners: readonly object[], version: string | null = "1"): object {
  return { ...(version === null ? {} : { version_info: version }), resources: listeners };
}
