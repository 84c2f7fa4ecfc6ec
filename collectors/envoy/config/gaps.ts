import { plainName } from "#collectors/shared/plain-name.ts";

import type { ChainFacts } from "./chain-facts.ts";
import { HANDSHAKES, type InboundListener } from "./listener-facts.ts";
import type { LoggedStats } from "./logged-stats.ts";

/** Something Weft cannot tell of a proxy, and the setting that would give it. */
export interface Gap {
  missing: string;
  setting: string;
}

interface GapInput {
  inbound: readonly ChainFacts[];
  /** Includes ingress chains, which are callers as well. */
  outbound: readonly ChainFacts[];
  listeners: readonly InboundListener[];
  statsFlushSeconds: number | null;
}

/** Above this histograms are noticeably older than counters. */
const FRESH_FLUSH_SECONDS = 2;

/** What the recommended settings would add to this configuration; empty when it follows them. */
export function findGaps({ inbound, outbound, listeners, statsFlushSeconds }: GapInput): Gap[] {
  const gaps = [
    ...inbound.filter(isHttp).flatMap(inboundHttpGaps),
    ...inbound.filter((chain) => !isHttp(chain)).flatMap((chain) => tcpGaps(chain, "inbound_connections_total", ["weft_peer", "weft_tls"])),
    ...outbound.filter(isHttp).flatMap(outboundHttpGaps),
    ...outbound.filter((chain) => !isHttp(chain)).flatMap((chain) => tcpGaps(chain, "outbound_connections_total", ["weft_cluster"])),
    ...listeners.flatMap(refusalGaps),
    ...inbound.flatMap(authorizationGaps),
  ];
  if (statsFlushSeconds !== null && statsFlushSeconds > FRESH_FLUSH_SECONDS) {
    gaps.push({ missing: `Durations come up to ${statsFlushSeconds} s late.`, setting: "stats_flush_interval: 1s" });
  }
  return dedupe(gaps);
}

function isHttp(chain: ChainFacts): boolean {
  return chain.carries === "http";
}

const TAG_GAPS: Readonly<Record<string, string>> = {
  weft_peer: "Callers are not told apart",
  weft_tls: "It is not known which requests came over TLS",
  weft_code: "Failed requests are not counted",
  weft_flags: "It is not known why requests failed, nor which never arrived",
  weft_grpc: "Failed gRPC calls count as successful",
  weft_attempt: "Retries count as requests of their own",
  weft_addr: "Callers without a certificate are not told apart",
  weft_cluster: "It is not known whom the requests were for",
  weft_route: "Requests to a cluster that does not exist are not counted",
  weft_type: "Connections cannot be counted when they open",
  weft_failure: "It is not known why connections were refused",
  weft_details: "Refused plaintext cannot be told from other traffic",
  weft_authz: "It is not known what was decided about requests",
};

const FORMATS: Readonly<Record<string, string>> = {
  weft_peer: "%DOWNSTREAM_PEER_URI_SAN%",
  weft_tls: "%DOWNSTREAM_TLS_VERSION%",
  weft_code: "%RESPONSE_CODE%",
  weft_flags: "%RESPONSE_FLAGS%",
  weft_grpc: "%GRPC_STATUS_NUMBER%",
  weft_attempt: "%REQ(X-ENVOY-ATTEMPT-COUNT)%",
  weft_addr: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
  weft_cluster: "%UPSTREAM_CLUSTER_RAW%",
  weft_route: "%ROUTE_NAME%",
  weft_type: "%ACCESS_LOG_TYPE%",
  weft_failure: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%",
  weft_details: "%RESPONSE_CODE_DETAILS%",
  weft_authz: "%DYNAMIC_METADATA(envoy.filters.http.rbac)%",
};

function inboundHttpGaps(chain: ChainFacts): Gap[] {
  const lacksLogger = loggerGap(
    chain,
    "inbound_requests_total",
    "Callers, transport and exact counts at this listener are not known; its callers' own statistics are used.",
  );
  if (lacksLogger !== null) return [lacksLogger];
  const strangers = chain.transport === "mutual" ? [] : ["weft_addr"];
  return [
    ...tagGaps(chain, "inbound_requests_total", [
      "weft_peer",
      "weft_tls",
      "weft_code",
      "weft_flags",
      "weft_grpc",
      "weft_attempt",
      ...strangers,
    ]),
    ...histogramGap(chain, "inbound_duration_ms"),
  ];
}

function outboundHttpGaps(chain: ChainFacts): Gap[] {
  const lacksLogger = loggerGap(chain, "outbound_requests_total", "Requests of this listener that never arrived, and why, are not known.");
  const attempts = chain.tellsAttempt === false ? [attemptGap(chain)] : [];
  if (lacksLogger !== null) return [lacksLogger, ...attempts];
  return [
    ...tagGaps(chain, "outbound_requests_total", ["weft_cluster", "weft_code", "weft_flags", "weft_grpc", "weft_route"]),
    ...histogramGap(chain, "outbound_duration_ms"),
    ...attempts,
  ];
}

function attemptGap(chain: ChainFacts): Gap {
  return {
    missing: `Retries of requests through listener ${plainName(chain.listener)} count as requests of their own.`,
    setting: "include_request_attempt_count: true on each virtual host of its routes",
  };
}

function tcpGaps(chain: ChainFacts, name: string, tags: readonly string[]): Gap[] {
  const lacksLogger = loggerGap(chain, name, "Connections of this listener are not counted.");
  if (lacksLogger !== null) return [lacksLogger];
  const late = {
    missing: `Connections of listener ${plainName(chain.listener)} are counted only when they end.`,
    setting: "access_log_options: { flush_access_log_on_connected: true } on its tcp_proxy",
  };
  return [...tagGaps(chain, name, [...tags, "weft_flags", "weft_type"]), ...(chain.countsOnConnect ? [] : [late])];
}

/** Refused callers stand in no access log but the listener's own. */
function refusalGaps({ name, asksCertificates, logged, logsHandshakes }: InboundListener): Gap[] {
  if (!asksCertificates) return [];
  if (logsHandshakes) return tagGaps({ listener: name, logged }, HANDSHAKES, ["weft_peer", "weft_addr", "weft_failure", "weft_details"]);
  return [
    {
      missing: `Listener ${plainName(name)}: Connections that it refuses are counted without who was refused.`,
      setting: `access_log of the listener itself: envoy.access_loggers.stats with stats_scope.prefix weft and the counter ${HANDSHAKES}`,
    },
  ];
}

const DECISIONS = "inbound_authz_total";

/** Whether a chain decides on requests without saying on whose. */
export function lacksDecisions(chain: ChainFacts): boolean {
  return chain.authorization.some(({ manager, stages }) => manager !== null && stages.length > 0) && !chain.logged.has(DECISIONS);
}

function authorizationGaps(chain: ChainFacts): Gap[] {
  const gaps: Gap[] = [];
  const listener = plainName(chain.listener);
  if (chain.authorization.some(({ isOpaque }) => isOpaque)) {
    gaps.push({
      missing: `Listener ${listener} decides on callers by a matcher that Weft cannot read.`,
      setting: "rules instead of matcher in its RBAC filter",
    });
  }
  if (!chain.authorization.some(({ stages }) => stages.length > 0)) return gaps;
  if (lacksDecisions(chain)) {
    gaps.push({
      missing: `Listener ${listener}: It is not known which callers its authorization allowed and denied.`,
      setting: `counter ${DECISIONS} in its stats access logger, with the tags weft_peer, weft_addr and weft_authz "${FORMATS["weft_authz"]}"`,
    });
  } else if (chain.logged.has(DECISIONS)) gaps.push(...tagGaps(chain, DECISIONS, ["weft_peer", "weft_authz"]));
  if (chain.authorization.some(({ stages }) => stages.some(({ countsPolicies }) => !countsPolicies))) {
    gaps.push({
      missing: `Listener ${listener}: Its authorization policies are not counted one by one.`,
      setting: "track_per_rule_stats: true in its RBAC filter",
    });
  }
  return gaps;
}

function loggerGap(chain: ChainFacts, name: string, missing: string): Gap | null {
  if (chain.logged.has(name)) return null;
  return {
    missing: `Listener ${plainName(chain.listener)}: ${missing}`,
    setting: `access_log: envoy.access_loggers.stats with stats_scope.prefix weft and the counter ${name}`,
  };
}

function tagGaps(chain: { listener: string; logged: LoggedStats }, name: string, wanted: readonly string[]): Gap[] {
  const have = chain.logged.get(name) ?? new Set();
  return wanted
    .filter((tag) => !have.has(tag))
    .map((tag) => ({
      missing: `${TAG_GAPS[tag]} (listener ${plainName(chain.listener)}).`,
      setting: `tag { name: ${tag}, value_format: "${FORMATS[tag]}" } on ${name}`,
    }));
}

function histogramGap(chain: ChainFacts, name: string): Gap[] {
  if (chain.logged.has(name)) return [];
  return [
    {
      missing: `Durations of requests through listener ${plainName(chain.listener)} are not known.`,
      setting: `histogram ${name} of %DURATION% in the stats access logger`,
    },
  ];
}

function dedupe(gaps: readonly Gap[]): Gap[] {
  const byText = new Map(gaps.map((gap) => [`${gap.missing}\n${gap.setting}`, gap]));
  return [...byText.values()];
}
