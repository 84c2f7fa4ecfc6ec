import type { Instance } from "../mesh/plan.ts";
import { serviceNamed } from "../mesh/services.ts";
import { calleeOf, callerOf, destinationLabels, reachedNobody, sourceLabels, type End, type Labels } from "./istio-labels.ts";
import type { SeriesBirths } from "./series-births.ts";
import { readExposition, type Sample } from "./read-exposition.ts";

/** Whose proxy it is. */
export type Owner = Pick<Instance, "service" | "version">;

const REQUESTS = "istio_requests_total";
const DURATIONS = "istio_request_duration_milliseconds";
const OPENED = "istio_tcp_connections_opened_total";
const CLOSED = "istio_tcp_connections_closed_total";

/**
 * What Istio's filter would count in this proxy, from what the demo's loggers did count there: reporter `destination` for what came
 * in, `source` for what went out. A gateway reports what it sends on, and nothing of who came to it.
 */
export function istioExposition(owner: Owner, exposition: string, births: SeriesBirths): string {
  const series = new Map<string, number>();
  const add = (metric: string, labels: Labels, value: number): void => {
    const name = `${metric}{${Object.entries(labels)
      .map(([label, text]) => `${label}="${text}"`)
      .join(",")}}`;
    series.set(name, (series.get(name) ?? 0) + value);
  };
  for (const sample of readExposition(exposition)) for (const [metric, labels] of told(owner, sample)) add(metric, labels, sample.value);
  const shown = births.shown(series);
  const lines = (metric: string): string[] =>
    [...shown].filter(([name]) => name.startsWith(metric)).map(([name, value]) => `${name} ${value}`);
  return [
    `# TYPE ${REQUESTS} counter`,
    ...lines(REQUESTS),
    `# TYPE ${DURATIONS} histogram`,
    ...lines(DURATIONS),
    `# TYPE ${OPENED} counter`,
    ...lines(OPENED),
    `# TYPE ${CLOSED} counter`,
    ...lines(CLOSED),
    "",
  ].join("\n");
}

/** The series that a sample adds to. */
function told(owner: Owner, sample: Sample): [string, Labels][] {
  const self: End = { service: serviceNamed(owner.service), version: owner.version };
  const [, side = "", kind = ""] = /^weft_(inbound|outbound)_(requests_total|duration_ms|connections_total)/.exec(sample.name) ?? [];
  if (kind === "" || (side === "inbound" && !self.service.hasApp)) return [];
  const ends = side === "inbound" ? inboundEnds(self, sample.labels) : outboundEnds(self, sample.labels);
  if (kind === "duration_ms") {
    const { le } = sample.labels;
    return [[`${DURATIONS}${sample.name.slice(`weft_${side}_duration_ms`.length)}`, le === undefined ? ends : { ...ends, le }]];
  }
  const { weft_flags = "-", weft_code = "0", weft_grpc = "", weft_type = "" } = sample.labels;
  if (kind === "requests_total") {
    const isGrpc = ends["request_protocol"] === "grpc";
    return [[REQUESTS, { ...ends, response_code: weft_code, grpc_response_status: isGrpc ? weft_grpc : "", response_flags: weft_flags }]];
  }
  const labels = { ...ends, response_flags: weft_flags };
  if (weft_type !== "TcpConnectionEnd") return [[OPENED, labels]];
  // A connection that reached nobody was never announced as standing: it opens and closes in one record.
  return neverStood(weft_flags)
    ? [
        [OPENED, labels],
        [CLOSED, labels],
      ]
    : [[CLOSED, labels]];
}

function neverStood(flags: string): boolean {
  return reachedNobody(flags) || flags.split(",").includes("UF");
}

function inboundEnds(self: End, { weft_peer = "", weft_tls = "" }: Labels): Labels {
  const isMutual = weft_peer !== "" && weft_tls !== "";
  return {
    reporter: "destination",
    ...sourceLabels(callerOf(weft_peer), isMutual),
    ...destinationLabels(self, true, isMutual),
    request_protocol: self.service.protocol,
    connection_security_policy: isMutual ? "mutual_tls" : "none",
  };
}

function outboundEnds(self: End, { weft_cluster = "", weft_flags = "-" }: Labels): Labels {
  const callee = calleeOf(weft_cluster);
  const isReached = !reachedNobody(weft_flags);
  const isMutual = callee !== null && typeof callee !== "string" && !neverStood(weft_flags);
  return {
    reporter: "source",
    ...sourceLabels(self, isMutual),
    ...destinationLabels(callee, isReached, isMutual),
    request_protocol: callee === null || typeof callee === "string" ? "http" : callee.service.protocol,
    connection_security_policy: "unknown",
  };
}
