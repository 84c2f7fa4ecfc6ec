import { X509Certificate } from "node:crypto";

import { CARD_NETWORK_LEAF, foreignLeaf, serviceLeaf, type CertificateState } from "../certificates/leaves.ts";
import type { Authority } from "../certificates/authority.ts";
import type { IssuedCertificate } from "../certificates/workload-certificates.ts";
import { bootstrap, listenerDiscovery, type BootstrapInput } from "../envoy/bootstrap.ts";
import { endpoints } from "../envoy/clusters.ts";
import { routeFileText, ROUTED_HOSTS } from "../envoy/routes.ts";
import { workloadSecret, type KeyPair } from "../envoy/secrets.ts";
import type { Instance, MeshPlan } from "../mesh/plan.ts";
import type { RunDir } from "../mesh/run-dir.ts";
import { JOBS, ROGUE_JOB, serviceNamed, type Job } from "../mesh/services.ts";
import { replaceFile, replaceJson } from "./files.ts";

const PRIVATE = 0o600;

/** The pairs of those who have no proxy to hold them. */
export interface OutsidePairs {
  readonly cardNetwork: KeyPair;
  readonly rogueJob: KeyPair;
}

/** Writes all that the proxies read but their certificates, and the directory of proxies for those who watch them. */
export async function writeConfiguration(
  dir: RunDir,
  plan: MeshPlan,
  authority: Authority,
  otlpPort: number | undefined,
): Promise<OutsidePairs> {
  replaceFile(dir.trustFile, authority.certificate);
  for (const host of ROUTED_HOSTS) replaceFile(dir.routeFile(host), routeFileText(host));
  for (const instance of plan.instances) writeProxy(dir, plan, instance, otlpPort);
  const [cardNetwork, rogueJob] = await Promise.all([authority.issue(CARD_NETWORK_LEAF), authority.issue(foreignLeaf(ROGUE_JOB))]);
  keep(dir, CARD_NETWORK_LEAF.commonName, cardNetwork);
  keep(dir, ROGUE_JOB.name, rogueJob);
  return { cardNetwork, rogueJob };
}

/** Gives a service a certificate in the wanted state; its proxies take it up at once, for new connections. */
export async function writeCertificate(
  dir: RunDir,
  authority: Authority,
  service: string,
  state: CertificateState,
  version: string,
): Promise<IssuedCertificate> {
  const request = serviceLeaf(serviceNamed(service), state);
  const pair = await authority.issue(request);
  keep(dir, service, pair);
  replaceJson(dir.secretFile(service), workloadSecret(pair, version), PRIVATE);
  const { serialNumber, validFromDate, validToDate } = new X509Certificate(pair.certificate);
  return {
    service,
    state,
    serial: serialNumber.toLowerCase(),
    identity: request.names.find(({ type }) => type === "url")?.value ?? "",
    notBeforeMs: validFromDate.getTime(),
    notAfterMs: validToDate.getTime(),
  };
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
    ...(permissive ? { knownAddresses: knownAddresses(plan, instance) } : {}),
  });
}

/** Who calls without a proxy, by address. Where all share one it can only be said to be the first of them, which always runs. */
function knownAddresses(plan: MeshPlan, instance: Instance): Readonly<Record<string, { service: string }>> {
  const callers = JOBS.filter((job) => job.target === instance.service).toReversed();
  return Object.fromEntries(callers.map((job: Job) => [plan.jobAddresses[job.name] ?? job.address, { service: job.name }]));
}

export function adminUrl(instance: Instance): string {
  return `http://127.0.0.1:${instance.adminPort}`;
}

function keep(dir: RunDir, name: string, pair: KeyPair): void {
  replaceFile(`${dir.certs}/${name}.pem`, pair.certificate, PRIVATE);
  replaceFile(`${dir.certs}/${name}-key.pem`, pair.privateKey, PRIVATE);
}
