import type { ScrapeJob } from "#peers/prometheus/start.ts";
import type { Instance, MeshPlan } from "../mesh/plan.ts";
import { exporterPath } from "./exporter.ts";

export const SCRAPE_INTERVAL_MS = 5_000;

/** What a store scrapes: each proxy's own statistics and its Istio-shaped ones, with the labels that a mesh's own scrapes have. */
export function scrapeJobs(plan: MeshPlan): ScrapeJob[] {
  return plan.instances.flatMap((instance) => [
    job("envoy", instance, instance.adminPort, "/stats/prometheus"),
    job("istio", instance, plan.exporterPorts[instance.namespace] ?? 0, exporterPath(instance.id)),
  ]);
}

function job(what: string, { id, namespace, service, version }: Instance, port: number, path: string): ScrapeJob {
  return { name: `${what}/${id}`, targets: [`127.0.0.1:${port}`], path, labels: { namespace, service, version, pod: id } };
}
