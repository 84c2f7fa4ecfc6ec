import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { externalId, serviceId, unknownId } from "#lib/model/ids.ts";

type Labels = Readonly<Record<string, string>>;

/** A label's value; `null` where it is missing, was taken away by configuration, or says `unknown`. */
export function told(labels: Labels, name: string): string | null {
  const value = labels[name] ?? "";
  return value === "" || value === "unknown" ? null : value;
}

/** Where nothing names a namespace. */
const NO_NAMESPACE = "default";

/** Who called. A peer without metadata has no name: it is no workload of the mesh, or one without a proxy. */
export function sourceNode(labels: Labels): string {
  const service = told(labels, "source_canonical_service") ?? told(labels, "source_workload");
  if (service === null) return unknownId("unidentified");
  return serviceId(plainIdPart(told(labels, "source_workload_namespace") ?? NO_NAMESPACE), plainIdPart(service));
}

const KUBERNETES_HOST = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/;
/** Names of clusters that stand for everything that no service entry knows. */
const NOWHERE = /^(?:(?:Inbound)?Passthrough|BlackHole)Cluster(?:Ipv[46])?$/;

/** The workload that answered, by its own name; `null` where the reporter did not learn it. */
export function destinationWorkload(labels: Labels): string | null {
  const service = told(labels, "destination_canonical_service") ?? told(labels, "destination_workload");
  if (service === null) return null;
  const namespace = told(labels, "destination_workload_namespace") ?? told(labels, "destination_service_namespace");
  return serviceId(plainIdPart(namespace ?? NO_NAMESPACE), plainIdPart(service));
}

/**
 * Who was called, by the host that was asked for: `reviews.shop.svc.cluster.local` is a service of the cluster, any other
 * host is outside the mesh. What went to nowhere in particular keeps the host that it asked for, where there was one.
 */
export function destinationHost(labels: Labels): string {
  const host = told(labels, "destination_service");
  const name = told(labels, "destination_service_name");
  const kubernetes = KUBERNETES_HOST.exec(host ?? "");
  if (kubernetes !== null) return serviceId(plainIdPart(kubernetes[2] ?? ""), plainIdPart(kubernetes[1] ?? ""));
  if (name !== null && NOWHERE.test(name)) return externalId(plainIdPart(host === null || host === name ? name : host));
  const namespace = told(labels, "destination_service_namespace");
  if (host === null && name !== null && namespace !== null) return serviceId(plainIdPart(namespace), plainIdPart(name));
  const outside = host ?? name;
  return outside === null ? unknownId("unidentified") : externalId(plainIdPart(outside));
}

/**
 * `null` where the peer told none. `latest` is what Istio writes for a workload without a revision of its own, and for one
 * that it never learned of, which has none.
 */
export function destinationVersion(labels: Labels): string | null {
  const revision = told(labels, "destination_canonical_revision");
  return revision === null || destinationWorkload(labels) === null ? null : plainName(revision);
}

/** A waypoint stands between others at layer 4 and is no end of a call. The telemetry does not say which workloads are waypoints. */
export function isWaypoint(nodeId: string): boolean {
  return /(^|[/-])waypoint($|-)/.test(nodeId);
}
