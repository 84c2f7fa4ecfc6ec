import { named, type ProxyIdentity } from "../identity/proxy-identity.ts";

/** Labels by which a store's series say whose proxy they are of; of several that are there, the first one counts. */
export interface ProxyLabels {
  service: readonly string[];
  namespace: readonly string[];
  version: readonly string[];
  /** Services that let callers from outside in, as `namespace/service`; left out = those that are called gateway or ingress. */
  ingress?: readonly string[] | undefined;
}

/** What relabelling usually leaves: Weft's own names, Istio's canonical ones, Kubernetes' usual ones; `job` is always there. */
export const USUAL_LABELS: ProxyLabels = {
  service: ["weft_service", "service_istio_io_canonical_name", "app_kubernetes_io_name", "app", "service", "job"],
  namespace: ["weft_namespace", "namespace", "kubernetes_namespace"],
  version: ["weft_version", "service_istio_io_canonical_revision", "app_kubernetes_io_version", "version"],
};

/** A proxy's identity as its labels tell it, and by which of them. */
export interface LabelledIdentity extends ProxyIdentity {
  namedBy: string;
}

type Labels = Readonly<Record<string, string>>;

/** Where nothing names a namespace. */
const NO_NAMESPACE = "default";

/** `null` where no label names a service. */
export function identityOf(labels: Labels, { service, namespace, version }: ProxyLabels): LabelledIdentity | null {
  const namedBy = firstOf(labels, service);
  if (namedBy === null) return null;
  const space = firstOf(labels, namespace);
  const revision = firstOf(labels, version);
  const identity = named(
    space === null ? NO_NAMESPACE : (labels[space] ?? NO_NAMESPACE),
    labels[namedBy] ?? "",
    revision === null ? null : (labels[revision] ?? null),
  );
  return { ...identity, namedBy };
}

export function isIngress({ nodeId, service }: ProxyIdentity, { ingress }: ProxyLabels): boolean {
  return ingress === undefined ? /gateway|ingress/.test(service) : ingress.includes(nodeId);
}

/** Every label that may tell who a proxy is: what sums are kept apart by. */
export function identityLabels({ service, namespace, version }: ProxyLabels): string[] {
  return [...service, ...namespace, ...version];
}

function firstOf(labels: Labels, names: readonly string[]): string | null {
  return names.find((name) => (labels[name] ?? "") !== "" && labels[name] !== "unknown") ?? null;
}
