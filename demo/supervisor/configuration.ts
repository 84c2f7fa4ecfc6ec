import { CARD_NETWORK_LEAF, serviceLeaf, type CertificateState } from "../certificates/leaves.ts";
import type { Authority } from "../certificates/authority.ts";
import { bootstrap, listenerDiscovery, type BootstrapInput } from "../envoy/bootstrap.ts";
import { endpoints } from "../envoy/clusters.ts";
import { routeFileText, ROUTED_HOSTS } from "../envoy/routes.ts";
import { workloadSecret, type KeyPair } from "../envoy/secrets.ts";
import type { Instance, MeshPlan } from "../mesh/plan.ts";
import type { RunDir } from "../mesh/run-dir.ts";
import { LEGACY_REPORT, serviceNamed, SERVICES } from "../mesh/services.ts";
import { replaceFile, replaceJson } from "./files.ts";

const PRIVATE = 0o600;

/** Writes all that the proxies read, and the directory of proxies for those who watch them. Answers the card network's own pair. */
export async function writeConfiguration(
  dir: RunDir,
  plan: MeshPlan,
  authority: Authority,
  otlpPort: number | undefined,
): Promise<KeyPair> {
  replaceFile(dir.trustFile, authority.certificate);
  for (const host of ROUTED_HOSTS) replaceFile(dir.routeFile(host), routeFileText(host));
  for (const instance of plan.instances) writeProxy(dir, plan, instance, otlpPort);
  await Promise.all(SERVICES.map((service) => writeCertificate(dir, authority, service.name, "valid", "1")));
  const cardNetwork = await authority.issue(CARD_NETWORK_LEAF);
  keep(dir, CARD_NETWORK_LEAF.commonName, cardNetwork);
  return cardNetwork;
}

/** Gives a service a certificate in the wanted state; its proxies take it up at once, for new connections. */
export async function writeCertificate(
  dir: RunDir,
  authority: Authority,
  service: string,
  state: CertificateState,
  version: string,
): Promise<void> {
  const pair = await authority.issue(serviceLeaf(serviceNamed(service), state));
  keep(dir, service, pair);
  replaceJson(dir.secretFile(service), workloadSecret(pair, version), PRIVATE);
}

export function writeEndpoints(dir: RunDir, plan: MeshPlan, instance: Instance, options: { partitioned: boolean; version: string }): void {
  for (const [cluster, file] of endpoints(instance, plan, options)) replaceJson(dir.endpointsFile(instance.id, cluster), file);
}

function writeProxy(dir: RunDir, plan: MeshPlan, instance: Instance, otlpPort: number | undefined): void {
  const input: BootstrapInput = {
    instance,
    tls: { certificate: dir.secretFile(instance.service), trust: dir.trustFile },
    routeFile: (host) => dir.routeFile(host),
    endpointsFile: (cluster) => dir.endpointsFile(instance.id, cluster),
    listenerFile: dir.listenerFile(instance.id),
    otlpPort,
  };
  writeEndpoints(dir, plan, instance, { partitioned: false, version: "1" });
  const permissive = serviceNamed(instance.service).permissive === true;
  if (permissive) replaceJson(dir.listenerFile(instance.id), listenerDiscovery(input));
  replaceJson(dir.bootstrapFile(instance.id), bootstrap(input));
  replaceJson(dir.proxyFile(instance.id), {
    id: instance.id,
    admin: adminUrl(instance),
    ...(permissive ? { knownAddresses: { [plan.legacyReportAddress]: { service: LEGACY_REPORT.name } } } : {}),
  });
}

export function adminUrl(instance: Instance): string {
  return `http://127.0.0.1:${instance.adminPort}`;
}

function keep(dir: RunDir, name: string, pair: KeyPair): void {
  replaceFile(`${dir.certs}/${name}.pem`, pair.certificate, PRIVATE);
  replaceFile(`${dir.certs}/${name}-key.pem`, pair.privateKey, PRIVATE);
}
