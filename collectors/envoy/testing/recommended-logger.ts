/** The recommended stats access logger of an inbound listener that lets callers without a certificate in; as in the README. */
export const inboundStats = logger(
  {
    inbound_requests_total: {
      weft_peer: "%DOWNSTREAM_PEER_URI_SAN%",
      weft_tls: "%DOWNSTREAM_TLS_VERSION%",
      weft_code: "%RESPONSE_CODE%",
      weft_flags: "%RESPONSE_FLAGS%",
      weft_grpc: "%GRPC_STATUS_NUMBER%",
      weft_attempt: "%REQ(X-ENVOY-ATTEMPT-COUNT)%",
      weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    },
  },
  {
    inbound_duration_ms: {
      weft_peer: "%DOWNSTREAM_PEER_URI_SAN%",
      weft_attempt: "%REQ(X-ENVOY-ATTEMPT-COUNT)%",
      weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    },
  },
);

/** The same of an outbound listener. */
export const outboundStats = logger(
  {
    outbound_requests_total: {
      weft_cluster: "%UPSTREAM_CLUSTER_RAW%",
      weft_code: "%RESPONSE_CODE%",
      weft_flags: "%RESPONSE_FLAGS%",
      weft_grpc: "%GRPC_STATUS_NUMBER%",
      weft_route: "%ROUTE_NAME%",
    },
  },
  { outbound_duration_ms: { weft_cluster: "%UPSTREAM_CLUSTER_RAW%" } },
);

/** The recommended logger of a listener itself, which sees refused connections as well. */
export const handshakeStats = logger(
  {
    inbound_handshakes_total: {
      weft_peer: "%DOWNSTREAM_PEER_URI_SAN%",
      weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
      weft_tls: "%DOWNSTREAM_TLS_VERSION%",
      weft_failure: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%",
      weft_details: "%RESPONSE_CODE_DETAILS%",
    },
  },
  {},
  200,
);

/** The recommended counter of decisions about requests, beside `inboundStats` where a listener decides on them. */
export const authorizationStats = logger(
  {
    inbound_authz_total: {
      weft_peer: "%DOWNSTREAM_PEER_URI_SAN%",
      weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
      weft_authz: "%DYNAMIC_METADATA(envoy.filters.http.rbac)%",
    },
  },
  {},
);

type Stats = Readonly<Record<string, Readonly<Record<string, string>>>>;

function logger(counters: Stats, histograms: Stats, maxCounters?: number): object {
  const hasHistograms = Object.keys(histograms).length > 0;
  return {
    name: "envoy.access_loggers.stats",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config",
      stats_scope: { prefix: "weft", ...(maxCounters === undefined ? {} : { max_counters: maxCounters }) },
      counters: entries(counters).map((stat) => ({ stat, value_fixed: 1 })),
      ...(hasHistograms
        ? { histograms: entries(histograms).map((stat) => ({ stat, unit: "Milliseconds", value_format: "%DURATION%" })) }
        : {}),
    },
  };
}

function entries(stats: Stats): object[] {
  return Object.entries(stats).map(([name, tags]) => ({
    name,
    tags: Object.entries(tags).map(([tag, value_format]) => ({ name: tag, value_format })),
  }));
}
