import { type, type Json, type JsonObject } from "./json.ts";

type Tags = Readonly<Record<string, string>>;

const PEER: Tags = { weft_peer: "%DOWNSTREAM_PEER_URI_SAN%" };
const ADDRESS: Tags = { weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" };
const ATTEMPT: Tags = { weft_attempt: "%REQ(X-ENVOY-ATTEMPT-COUNT)%" };
/** At the edge the header is the gateway's own count towards its upstream, so the tag is written out empty-handed. */
const NO_ATTEMPT: Tags = { weft_attempt: "-" };
const OUTCOME: Tags = { weft_code: "%RESPONSE_CODE%", weft_flags: "%RESPONSE_FLAGS%", weft_grpc: "%GRPC_STATUS_NUMBER%" };
const TLS: Tags = { weft_tls: "%DOWNSTREAM_TLS_VERSION%" };
const CLUSTER: Tags = { weft_cluster: "%UPSTREAM_CLUSTER_RAW%" };
const AUTHORIZATION: Tags = { weft_authz: "%DYNAMIC_METADATA(envoy.filters.http.rbac)%" };
const REFUSAL: Tags = { weft_failure: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%", weft_details: "%RESPONSE_CODE_DETAILS%" };
const CONNECTION: Tags = { weft_flags: "%RESPONSE_FLAGS%", weft_type: "%ACCESS_LOG_TYPE%" };

/** Requests as the destination saw them. `byAddress` where callers without a certificate can come in, `authorized` where rules decide on requests. */
export function inboundRequests(options: { byAddress: boolean; authorized: boolean }): JsonObject {
  const address = options.byAddress ? ADDRESS : {};
  return statsLogger(
    [
      counter("inbound_requests_total", { ...PEER, ...TLS, ...OUTCOME, ...ATTEMPT, ...address }),
      ...(options.authorized ? [counter("inbound_authz_total", { ...PEER, ...address, ...AUTHORIZATION })] : []),
    ],
    [duration("inbound_duration_ms", { ...PEER, ...ATTEMPT, ...address })],
  );
}

/** Requests as the gateway saw them: it is the destination of the internet's calls and the source of its own. */
export function ingressRequests(): JsonObject {
  return statsLogger(
    [
      counter("inbound_requests_total", { ...PEER, ...TLS, ...OUTCOME, ...NO_ATTEMPT, ...ADDRESS }),
      counter("outbound_requests_total", { ...CLUSTER, ...OUTCOME, weft_route: "%ROUTE_NAME%" }),
    ],
    [duration("inbound_duration_ms", { ...PEER, ...NO_ATTEMPT, ...ADDRESS }), duration("outbound_duration_ms", CLUSTER)],
  );
}

/** Requests as their caller saw them, all attempts together. */
export function outboundRequests(): JsonObject {
  return statsLogger(
    [counter("outbound_requests_total", { ...CLUSTER, ...OUTCOME, weft_route: "%ROUTE_NAME%" })],
    [duration("outbound_duration_ms", CLUSTER)],
  );
}

/**
 * One record for every connection when it ends, those included that were refused before any request. A logger of its own with a low cap:
 * the reason of a refusal quotes the refused certificate, so a stranger could make series without end.
 */
export function inboundHandshakes(): JsonObject {
  return statsLogger([counter("inbound_handshakes_total", { ...PEER, ...ADDRESS, ...TLS, ...REFUSAL })], [], { max_counters: 200 });
}

export function inboundConnections(): JsonObject {
  return statsLogger([counter("inbound_connections_total", { ...PEER, ...TLS, ...CONNECTION })], []);
}

export function outboundConnections(): JsonObject {
  return statsLogger([counter("outbound_connections_total", { ...CLUSTER, ...CONNECTION })], []);
}

/** `stats_scope`, because the logger's older `stat_prefix` is deprecated and warns once per listener. */
function statsLogger(
  counters: readonly JsonObject[],
  histograms: readonly JsonObject[],
  // Above the caps series are dropped without a word, so they are far above what this mesh can make.
  caps: JsonObject = { max_counters: 4_000, max_histograms: 1_000 },
): JsonObject {
  return {
    name: "envoy.access_loggers.stats",
    typed_config: {
      "@type": type("envoy.extensions.access_loggers.stats.v3.Config"),
      stats_scope: { prefix: "weft", ...caps },
      counters,
      ...(histograms.length > 0 ? { histograms } : {}),
    },
  };
}

function counter(name: string, tags: Tags): JsonObject {
  return { stat: { name, tags: tagList(tags) }, value_fixed: 1 };
}

function duration(name: string, tags: Tags): JsonObject {
  return { stat: { name, tags: tagList(tags) }, unit: "Milliseconds", value_format: "%DURATION%" };
}

function tagList(tags: Tags): Json {
  return Object.entries(tags).map(([name, value_format]) => ({ name, value_format }));
}
