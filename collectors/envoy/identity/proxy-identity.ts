import { z } from "zod";

import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { serviceId } from "#lib/model/ids.ts";

import type { ServerInfo } from "../admin/wire.ts";

/** Which service and version a proxy stands for. */
export interface ProxyIdentity {
  nodeId: string;
  namespace: string;
  service: string;
  /** `null` when nothing tells it. */
  version: string | null;
}

const Name = z.string().min(1);
const WeftMetadata = z.object({ service: Name, namespace: Name.optional().catch(undefined), version: Name.optional().catch(undefined) });
const IstioMetadata = z.object({
  NAMESPACE: Name.optional().catch(undefined),
  LABELS: z.record(z.string(), z.unknown()).default({}).catch({}),
});

/** Where nothing names a namespace. */
const NO_NAMESPACE = "default";

/**
 * Who a proxy is: its node metadata (`weft`), then Istio's canonical labels and metadata, then the SPIFFE identity of its
 * own certificate, then `node.cluster`. Each part is taken from the first of these that has it.
 */
export function proxyIdentity(node: ServerInfo["node"], spiffeIds: readonly string[]): ProxyIdentity | null {
  const weft = WeftMetadata.safeParse(node.metadata["weft"]);
  const istio = istioNames(node.metadata);
  const spiffe = spiffeIds.map(parseSpiffe).find((parsed) => parsed !== null) ?? null;
  const cluster = clusterNames(node.cluster);
  const told = weft.success ? weft.data : null;
  const service = told?.service ?? istio.service ?? spiffe?.service ?? cluster.service ?? null;
  if (service === null) return null;
  const namespace = told?.namespace ?? istio.namespace ?? spiffe?.namespace ?? cluster.namespace ?? NO_NAMESPACE;
  const version = told?.version ?? istio.version;
  return named(namespace, service, version ?? null);
}

/** An identity whose parts are safe to stand in ids and sentences. */
export function named(namespace: string, service: string, version: string | null): ProxyIdentity {
  const parts = { namespace: plainIdPart(namespace), service: plainIdPart(service) };
  return { ...parts, nodeId: serviceId(parts.namespace, parts.service), version: version === null ? null : plainName(version) };
}

interface Names {
  namespace: string | undefined;
  service: string | undefined;
  version?: string | undefined;
}

function istioNames(metadata: ServerInfo["node"]["metadata"]): Names {
  const parsed = IstioMetadata.safeParse(metadata);
  const labels = parsed.success ? parsed.data.LABELS : {};
  const label = (...keys: string[]): string | undefined => {
    const values = keys.map((key) => labels[key]);
    return values.find((value): value is string => typeof value === "string" && value !== "");
  };
  return {
    namespace: parsed.success ? parsed.data.NAMESPACE : undefined,
    service: label("service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
    version: label("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"),
  };
}

/** Istio writes `service.namespace`; others just a name. */
function clusterNames(cluster: string): Names {
  const [service, namespace] = cluster.split(".");
  return { service: service === "" ? undefined : service, namespace: namespace === "" ? undefined : namespace };
}

const SPIFFE = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** Namespace and service account of an identity like `spiffe://mesh/ns/shop/sa/cart`; `null` for another form. */
export function parseSpiffe(uri: string): { namespace: string; service: string } | null {
  const [, namespace, service] = SPIFFE.exec(uri) ?? [];
  return namespace === undefined || service === undefined ? null : { namespace, service };
}
