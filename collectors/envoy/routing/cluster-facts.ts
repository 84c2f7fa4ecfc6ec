import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { externalId, serviceId, unknownId } from "#lib/model/ids.ts";

/** What stands behind one of the proxies' target names. */
export interface ClusterFacts {
  /** Node id of the service. */
  nodeId: string;
  service: string;
  version: string | null;
}

/**
 * Reads who a target is: from the metadata that its definition carries, else from a name of the form
 * `outbound|port|version|host`, else the name itself stands for an unknown service.
 */
export function clusterFacts(name: string, metadata: Readonly<Record<string, unknown>> | null): ClusterFacts {
  const named = fromName(name);
  const service = textIn(metadata, "service");
  if (service === null) return named;
  const version = textIn(metadata, "version") ?? named.version;
  const namespace = textIn(metadata, "namespace");
  if (metadata?.["external"] === true) return { nodeId: externalId(plainIdPart(service)), service: plainName(service), version };
  return {
    nodeId: namespace === null ? named.nodeId : serviceId(plainIdPart(namespace), plainIdPart(service)),
    service: plainName(service),
    version,
  };
}

function fromName(name: string): ClusterFacts {
  const parts = name.split("|");
  const [direction, , version = "", host = ""] = parts;
  if (parts.length !== 4 || direction !== "outbound" || host === "") {
    return { nodeId: unknownId(plainIdPart(name)), service: plainName(name), version: null };
  }
  const known = version === "" ? null : plainName(version);
  // A Kubernetes service host says its namespace itself.
  const [service = host, namespace, svc] = host.split(".");
  if (svc === "svc" && namespace !== undefined) {
    return { nodeId: serviceId(plainIdPart(namespace), plainIdPart(service)), service: plainName(service), version: known };
  }
  return { nodeId: unknownId(plainIdPart(host)), service: plainName(host), version: known };
}

function textIn(metadata: Readonly<Record<string, unknown>> | null, key: string): string | null {
  const value = metadata?.[key];
  return typeof value === "string" && value !== "" ? value : null;
}
