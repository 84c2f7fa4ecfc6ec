import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { externalId, serviceId, unknownId } from "#lib/model/ids.ts";

import type { ClusterFacts } from "../config/cluster-facts.ts";

/** What stands behind one of the proxies' names for a target. */
export interface TargetName {
  /** Node id of the service. */
  nodeId: string;
  service: string;
  version: string | null;
}

/**
 * Who a target is, by what one proxy's configuration says of it: its metadata, else the parts of its name, else the name
 * itself stands for an unknown service.
 */
export function nameTarget({ name, told, named }: ClusterFacts): TargetName {
  const version = told?.version ?? named?.subset ?? null;
  const known = version === null ? null : plainName(version);
  const host = named?.direction === "outbound" ? named.host : null;
  // A Kubernetes service host says its namespace itself.
  const [short = "", namespace = "", marker] = (host ?? "").split(".");
  const isKubernetes = marker === "svc" && namespace !== "";
  const service = told?.service ?? (isKubernetes ? short : host) ?? name;
  const home = told?.namespace ?? (isKubernetes ? namespace : null);
  return { nodeId: nodeOf(service, home, told?.isExternal ?? false), service: plainName(service), version: known };
}

function nodeOf(service: string, namespace: string | null, isExternal: boolean): string {
  if (isExternal) return externalId(plainIdPart(service));
  return namespace === null ? unknownId(plainIdPart(service)) : serviceId(plainIdPart(namespace), plainIdPart(service));
}
