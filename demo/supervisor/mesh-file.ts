import { SCRAPE_INTERVAL_MS, scrapeJobs } from "../metrics/scrape-jobs.ts";
import { replaceJson } from "./files.ts";
import { adminUrl } from "./configuration.ts";
import { soleInboundPort, type Mesh } from "./mesh.ts";

/** Tells readers that the mesh is up and where everything is; written anew whenever a proxy got another pid. */
export function writeMeshFile(mesh: Mesh, controlUrl: string, prometheusUrl: string | undefined): void {
  replaceJson(mesh.dir.meshFile, {
    controlUrl,
    routesDir: mesh.dir.routes,
    listenersDir: mesh.dir.listeners,
    proxiesDir: mesh.dir.proxies,
    logsDir: mesh.dir.logs,
    caFile: mesh.dir.trustFile,
    ingressUrl: `https://localhost:${soleInboundPort(mesh.plan, "gateway")}/`,
    scrape: { intervalMs: SCRAPE_INTERVAL_MS, jobs: scrapeJobs(mesh.plan) },
    ...(prometheusUrl === undefined ? {} : { prometheusUrl }),
    proxies: mesh.plan.instances.map((instance) => ({
      id: instance.id,
      namespace: instance.namespace,
      service: instance.service,
      version: instance.version,
      adminUrl: adminUrl(instance),
      pid: mesh.proxies.get(instance.id)?.pid ?? 0,
    })),
  });
}
