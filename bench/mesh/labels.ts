import type { Flow, Workload } from "./model.ts";
import type { Outcome } from "./outcomes.ts";

/** Who writes a series down, and what stands at its ends. */
export interface Report {
  reporter: "source" | "destination" | "waypoint";
  /** `null` = not known to the reporter. */
  source: Workload | null;
  destination: Workload | null;
  /** Who speaks: a ztunnel always knows how a connection travelled, a proxy only where it arrives. */
  isTunnel: boolean;
}

const UNKNOWN = "unknown";

/** Both ends, as Istio names them. */
export function endLabels(flow: Flow, { reporter, source, destination }: Report): [string, string][] {
  const host = hostOf(flow);
  return [
    ["reporter", reporter],
    ["source_workload", source?.name ?? UNKNOWN],
    ["source_workload_namespace", source?.namespace ?? UNKNOWN],
    ["source_canonical_service", source?.service ?? UNKNOWN],
    ["source_canonical_revision", source?.version ?? "latest"],
    ["source_app", source?.service ?? UNKNOWN],
    ["source_version", source?.version ?? UNKNOWN],
    ["source_cluster", source === null ? UNKNOWN : flow.sourceCluster],
    ["source_principal", flow.isMutual ? principalOf(source) : UNKNOWN],
    ["destination_workload", destination?.name ?? UNKNOWN],
    ["destination_workload_namespace", destination?.namespace ?? UNKNOWN],
    ["destination_canonical_service", destination?.service ?? UNKNOWN],
    ["destination_canonical_revision", destination?.version ?? "latest"],
    ["destination_app", destination?.service ?? UNKNOWN],
    ["destination_version", destination?.version ?? UNKNOWN],
    ["destination_cluster", destination === null ? UNKNOWN : flow.targetCluster],
    ["destination_principal", flow.isMutual ? principalOf(destination) : UNKNOWN],
    ["destination_service", host.host],
    ["destination_service_name", host.name],
    ["destination_service_namespace", host.namespace],
  ];
}

/** What became of calls, as the two kinds of reporters tell it. */
export function outcomeLabels(flow: Flow, outcome: Outcome, { reporter, isTunnel }: Report): [string, string][] {
  const isConnection = isTunnel || flow.protocol === "tcp";
  const arrived = reporter !== "source" || isTunnel;
  const policy = flow.isMutual ? "mutual_tls" : isTunnel ? UNKNOWN : "none";
  return [
    ["request_protocol", isConnection ? "tcp" : flow.protocol],
    ["response_flags", isTunnel ? "-" : outcome.flags],
    ["connection_security_policy", arrived ? policy : UNKNOWN],
    ...(isConnection
      ? []
      : ([
          ["response_code", outcome.code],
          ["grpc_response_status", outcome.grpcStatus],
        ] satisfies [string, string][])),
  ];
}

/** The text between the braces, without what configuration took away. */
export function labelText(labels: readonly (readonly [string, string])[], removed: ReadonlySet<string>): string {
  let text = "";
  for (const [name, value] of labels) {
    if (removed.has(name)) continue;
    text += text === "" ? `${name}="${value}"` : `,${name}="${value}"`;
  }
  return text;
}

function principalOf(workload: Workload | null): string {
  return workload === null ? UNKNOWN : `spiffe://cluster.local/ns/${workload.namespace}/sa/${workload.service}`;
}

function hostOf({ target }: Flow): { host: string; name: string; namespace: string } {
  if (target.outside !== undefined) {
    const { host, isDeclared } = target.outside;
    return { host, name: isDeclared ? host : "PassthroughCluster", namespace: isDeclared ? "egress" : UNKNOWN };
  }
  const { service, namespace } = target.workload;
  return { host: `${service}.${namespace}.svc.cluster.local`, name: service, namespace };
}
