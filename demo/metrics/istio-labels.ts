import { spiffeId } from "../mesh/identity.ts";
import { CARD_NETWORK, SERVICES, serviceNamed, type Service } from "../mesh/services.ts";

export type Labels = Readonly<Record<string, string>>;

/** Who stands at an end of a call. */
export interface End {
  readonly service: Service;
  /** `null` where versions share an identity and nothing else tells them apart. */
  readonly version: string | null;
}

const UNKNOWN = "unknown";

/** The flags of a call that reached nobody: then the caller's proxy knows no more than the host, or the workload that it dialled. */
export function reachedNobody(flags: string): boolean {
  return flags.split(",").some((flag) => ["UH", "UO", "NC", "NR"].includes(flag));
}

/** Who the certificate's name belongs to; `null` = a caller without one, or of another mesh. */
export function callerOf(peer: string): End | null {
  const service = SERVICES.find((one) => spiffeId(one) === peer);
  return service === undefined ? null : { service, version: soleVersion(service) };
}

/** Whom a cluster's name leads to: a service of the mesh, or the host outside. */
export function calleeOf(cluster: string): End | string | null {
  const [, , version = "", host = ""] = cluster.split("|");
  if (host === CARD_NETWORK.name) return host;
  const service = SERVICES.find((one) => one.name === host);
  return service === undefined ? null : { service, version: version === "" ? soleVersion(service) : version };
}

export function sourceLabels(end: End | null, isMutual: boolean): Labels {
  return {
    ...workloadLabels("source", end),
    source_principal: isMutual && end !== null ? spiffeId(end.service) : UNKNOWN,
  };
}

/** `isReached` is false where the caller's proxy found nobody to speak to: then it knows the host alone. */
export function destinationLabels(callee: End | string | null, isReached: boolean, isMutual: boolean): Labels {
  const end = callee === null || typeof callee === "string" || !isReached ? null : callee;
  return {
    ...workloadLabels("destination", end),
    destination_principal: isMutual && end !== null ? spiffeId(end.service) : UNKNOWN,
    ...hostLabels(callee),
  };
}

function hostLabels(callee: End | string | null): Labels {
  if (callee === null) return named(UNKNOWN, "BlackHoleCluster", UNKNOWN);
  if (typeof callee === "string") return named(callee, callee, UNKNOWN);
  const { name, namespace } = callee.service;
  return named(`${name}.${namespace}.svc.cluster.local`, name, namespace);
}

function named(host: string, name: string, namespace: string): Labels {
  return { destination_service: host, destination_service_name: name, destination_service_namespace: namespace };
}

function workloadLabels(side: "source" | "destination", end: End | null): Labels {
  const { service, version } = end ?? { service: null, version: null };
  return {
    [`${side}_workload`]: service === null ? UNKNOWN : version === null ? service.name : `${service.name}-${version}`,
    [`${side}_workload_namespace`]: service?.namespace ?? UNKNOWN,
    [`${side}_canonical_service`]: service?.name ?? UNKNOWN,
    [`${side}_canonical_revision`]: version ?? "latest",
    [`${side}_app`]: service?.name ?? UNKNOWN,
    [`${side}_version`]: version ?? UNKNOWN,
    [`${side}_cluster`]: service === null ? UNKNOWN : "demo",
  };
}

function soleVersion({ name }: Service): string | null {
  const { versions } = serviceNamed(name);
  return versions.length === 1 ? versions[0] : null;
}
