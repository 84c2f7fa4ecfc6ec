import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { externalId, serviceId, unknownId } from "#lib/model/ids.ts";

type Labels = Readonly<Record<string, string>>;

/** A label's value; `null` where it is missing, was taken away by configuration, or says `unknown`. */
export function told(labels: Labels, name: string): string | null {
  const value = labels[name] ?? "";
  return value === "" || value === "unknown" ? null : value;
}

/** What Istio writes for a workload without a revision, and for one that it never learned of. */
export const NO_REVISION = "latest";

/** Where nothing names a namespace. */
const NO_NAMESPACE = "default";

const KUBERNETES_HOST = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/;
/** Names of clusters that stand for everything that no service entry knows. */
const NOWHERE = /^(?:(?:Inbound)?Passthrough|BlackHole)Cluster(?:Ipv[46])?$/;

/**
 * Who is who by the labels of one answer. Thousands of its series name the same few hundred ends: each name is made, and freed of
 * what may not stand in an id, once.
 */
export class Peers {
  /** By namespace, then by name. */
  readonly #workloads = new Map<string, Map<string, string>>();
  readonly #hosts = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  /** Who called. A peer without metadata has no name: it is no workload of the mesh, or one without a proxy. */
  source(labels: Labels): string {
    const service = told(labels, "source_canonical_service") ?? told(labels, "source_workload");
    if (service === null) return unknownId("unidentified");
    return this.#workload(told(labels, "source_workload_namespace") ?? NO_NAMESPACE, service);
  }

  /** The workload that answered, by its own name; `null` where the reporter did not learn it. */
  destination(labels: Labels): string | null {
    const service = told(labels, "destination_canonical_service") ?? told(labels, "destination_workload");
    if (service === null) return null;
    const namespace = told(labels, "destination_workload_namespace") ?? told(labels, "destination_service_namespace");
    return this.#workload(namespace ?? NO_NAMESPACE, service);
  }

  /**
   * Who was called, by the host that was asked for: `reviews.shop.svc.cluster.local` is a service of the cluster, any other
   * host is outside the mesh. What went to nowhere in particular keeps the host that it asked for, where there was one.
   */
  host(labels: Labels): string {
    const host = told(labels, "destination_service");
    if (host !== null) return remembered(this.#hosts, host, hostNode);
    const name = told(labels, "destination_service_name");
    if (name === null) return unknownId("unidentified");
    const namespace = told(labels, "destination_service_namespace");
    if (namespace === null || NOWHERE.test(name)) return externalId(plainIdPart(name));
    return serviceId(plainIdPart(namespace), plainIdPart(name));
  }

  /**
   * `null` where the peer told none. A workload without a revision of its own has `NO_REVISION` for one; one that nobody learned of
   * has none.
   */
  version(labels: Labels): string | null {
    const revision = told(labels, "destination_canonical_revision");
    const hasWorkload = told(labels, "destination_canonical_service") !== null || told(labels, "destination_workload") !== null;
    return revision === null || !hasWorkload ? null : remembered(this.#versions, revision, plainName);
  }

  #workload(namespace: string, service: string): string {
    let services = this.#workloads.get(namespace);
    if (services === undefined) this.#workloads.set(namespace, (services = new Map<string, string>()));
    return remembered(services, service, (name) => serviceId(plainIdPart(namespace), plainIdPart(name)));
  }
}

function hostNode(host: string): string {
  const kubernetes = KUBERNETES_HOST.exec(host);
  if (kubernetes === null) return externalId(plainIdPart(host));
  return serviceId(plainIdPart(kubernetes[2] ?? ""), plainIdPart(kubernetes[1] ?? ""));
}

function remembered(known: Map<string, string>, name: string, make: (name: string) => string): string {
  let made = known.get(name);
  if (made === undefined) known.set(name, (made = make(name)));
  return made;
}

/** A waypoint stands between others at layer 4 and is no end of a call. The telemetry does not say which workloads are waypoints. */
export function isWaypoint(nodeId: string): boolean {
  return /(^|[/-])waypoint($|-)/.test(nodeId);
}
