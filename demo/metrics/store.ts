import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import { startPrometheus } from "#peers/prometheus/start.ts";
import type { Mesh } from "../supervisor/mesh.ts";
import { SCRAPE_INTERVAL_MS, scrapeJobs } from "./scrape-jobs.ts";

export interface MetricsStore {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a Prometheus that scrapes the mesh; it ends with the mesh. Throws when none can be had, with what to install. */
export async function startStore(mesh: Mesh): Promise<MetricsStore> {
  const prometheus = await resolvePrometheus();
  const jobs = scrapeJobs(mesh.plan);
  const server = await startPrometheus({ prometheus, folder: mesh.dir.metrics, scrapeIntervalMs: SCRAPE_INTERVAL_MS, jobs });
  mesh.endsWithMesh(server.pid);
  return server;
}
