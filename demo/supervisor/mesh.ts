import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import type { AppFaults, HostAnswers, HostConfig, HostQuestion } from "../apps/messages.ts";
import { createAuthority, type Authority } from "../certificates/authority.ts";
import { firstState } from "../certificates/leaves.ts";
import { WorkloadCertificates } from "../certificates/workload-certificates.ts";
import { instancesOf, planMesh, type Instance, type MeshPlan } from "../mesh/plan.ts";
import { runDirAt, type RunDir } from "../mesh/run-dir.ts";
import { JOBS, LEGACY_REPORT, NAMESPACES, SERVICES } from "../mesh/services.ts";
import { forkApps } from "./app-process.ts";
import { adminUrl, writeCertificate, writeConfiguration, type OutsidePairs } from "./configuration.ts";
import { findFreePorts, hasOwnAddresses } from "./ports.ts";
import { ProxyProcess } from "./proxy-process.ts";
import { startReaper, type Reaper } from "./reaper.ts";
import { takeRunFolder } from "./run-folder.ts";

export interface MeshOptions {
  readonly runDir: string;
  readonly seed: number;
  /** `host:port` of OTLP receivers; `undefined`: no spans. */
  readonly otlpHttp: string | undefined;
  readonly otlpGrpc: string | undefined;
}

/** The running mesh: every process of it, and what the faults need to change it. */
export interface Mesh {
  readonly dir: RunDir;
  readonly plan: MeshPlan;
  readonly certificates: WorkloadCertificates;
  readonly proxies: ReadonlyMap<string, ProxyProcess>;
  /** Resolves with a reason when an application process ended, without which the ledger is no longer true. */
  readonly broken: Promise<string>;
  /** Asks every application process the same. */
  askAll<K extends HostQuestion["kind"]>(question: Extract<HostQuestion, { kind: K }>): Promise<HostAnswers[K][]>;
  setAppFaults(faults: AppFaults): Promise<void>;
  /** Another process that must not outlive the mesh, however that ends. */
  endsWithMesh(pid: number): void;
  stop(): Promise<void>;
}

const OUTSIDE = "outside";

const TRIES = 3;

/** Starts everything but the load. Free ports are found and then let go, so another process can be quicker: then all begins anew. */
export async function startMesh(options: MeshOptions, onNewPid: () => void): Promise<Mesh> {
  const dir = runDirAt(options.runDir);
  takeRunFolder(dir);
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(dir, options, onNewPid);
    } catch (cause) {
      if (tries === TRIES || !isPortClash(cause)) throw cause;
    }
  }
}

/** As Envoy words it in its log, and Node in its errors. */
function isPortClash(cause: unknown): boolean {
  return cause instanceof Error && /address already in use|EADDRINUSE/i.test(cause.message);
}

/** Applications and proxies start at the same time, since a proxy is ready without its application. */
async function startOnce(dir: RunDir, options: MeshOptions, onNewPid: () => void): Promise<Mesh> {
  const reaper = startReaper();
  const apps = [...NAMESPACES, OUTSIDE].map((name) => forkApps(name, dir.logFile(`apps-${name}`), reaper));
  const proxies = new Map<string, ProxyProcess>();
  const stop = async (): Promise<void> => {
    for (const app of apps) app.kill();
    await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    reaper.close();
  };
  try {
    const [envoy, authority, plan] = await Promise.all([resolveEnvoy(), createAuthority(), makePlan()]);
    const certificates = new WorkloadCertificates((...wanted) => writeCertificate(dir, authority, ...wanted));
    const [pairs] = await Promise.all([
      writeConfiguration(dir, plan, authority, portOf(options.otlpGrpc)),
      ...SERVICES.map(({ name }) => certificates.issue(name, firstState(name))),
    ]);
    for (const instance of plan.instances) proxies.set(instance.id, proxyOf(instance, envoy.path, dir, reaper, onNewPid));
    await Promise.all([
      ...[...proxies.values()].map((proxy) => proxy.start()),
      ...apps.map((app) => app.ask({ kind: "start", config: hostConfig(app.name, options, plan, authority, pairs) })),
    ]);
    const broken = Promise.race(apps.map(async (app) => app.exited.then(() => `the application process ${app.name} ended`)));
    const askAll: Mesh["askAll"] = (question) => Promise.all(apps.map((app) => app.ask(question)));
    const setAppFaults = async (faults: AppFaults): Promise<void> => void (await askAll({ kind: "faults", faults }));
    return { dir, plan, certificates, proxies, broken, askAll, setAppFaults, endsWithMesh: (pid) => reaper.watch(pid), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function makePlan(): Promise<MeshPlan> {
  const own = await hasOwnAddresses(LEGACY_REPORT.address);
  // Laid out twice, as the layout itself knows best how many ports it takes.
  let needed = 0;
  planMesh(() => (needed += 1), own);
  const ports = (await findFreePorts(needed)).values();
  return planMesh(() => ports.next().value ?? 0, own);
}

function proxyOf(instance: Instance, binary: string, dir: RunDir, reaper: Reaper, onNewPid: () => void): ProxyProcess {
  const logFile = dir.logFile(instance.id);
  return new ProxyProcess(
    instance.id,
    { binary, configFile: dir.bootstrapFile(instance.id), logFile, adminUrl: adminUrl(instance) },
    reaper,
    onNewPid,
  );
}

function hostConfig(name: string, options: MeshOptions, plan: MeshPlan, authority: Authority, pairs: OutsidePairs): HostConfig {
  const hasApp = new Set(SERVICES.filter((service) => service.hasApp).map((service) => service.name));
  return {
    seed: options.seed,
    instances: plan.instances.filter((instance) => instance.namespace === name && hasApp.has(instance.service)),
    exporter:
      name === OUTSIDE
        ? null
        : {
            port: plan.exporterPorts[name] ?? 0,
            proxies: plan.instances
              .filter((instance) => instance.namespace === name)
              .map((instance) => ({ ...instance, adminUrl: adminUrl(instance) })),
          },
    otlpUrl: options.otlpHttp === undefined ? null : `http://${options.otlpHttp}`,
    outside:
      name !== OUTSIDE
        ? null
        : {
            cardNetworkPort: plan.cardNetworkPort,
            cardNetwork: pairs.cardNetwork,
            caCertificate: authority.certificate,
            ingressPort: soleInboundPort(plan, "gateway"),
            jobs: JOBS.map((job) => ({
              job,
              port: soleInboundPort(plan, job.target),
              address: plan.jobAddresses[job.name] ?? job.address,
              pair: job.shows === "foreignName" ? pairs.rogueJob : null,
            })),
          },
  };
}

export function soleInboundPort(plan: MeshPlan, service: string): number {
  return instancesOf(plan, service)[0]?.inboundPort ?? 0;
}

function portOf(address: string | undefined): number | undefined {
  return address === undefined ? undefined : Number(address.slice(address.lastIndexOf(":") + 1));
}
