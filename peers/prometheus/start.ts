import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { freePort } from "../shared/free-port.ts";
import { statusOf } from "../shared/readiness.ts";
import { startServer, type ServerProcess } from "../shared/server-process.ts";
import type { ResolvedPrometheus } from "./resolve.ts";

const run = promisify(execFile);

export interface ScrapeJob {
  readonly name: string;
  /** `host:port` of each target. */
  readonly targets: readonly string[];
  /** Path of the exposition. Default `/metrics`. */
  readonly path?: string;
  /** Added to every series of these targets. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly prometheus: ResolvedPrometheus;
  /** Its data, configuration and log are kept here. */
  readonly folder: string;
  /** Loopback port; left out = a free one. */
  readonly port?: number;
  readonly scrapeIntervalMs?: number;
  readonly jobs?: readonly ScrapeJob[];
  /** More command line flags, such as a limit of its own. */
  readonly flags?: readonly string[];
  readonly readyTimeoutMs?: number;
}

/** Blocks of data that a test made keep their age: nothing is thrown away while it runs. */
const RETENTION = "3650d";

/** Where a Prometheus that is started with this folder keeps its data. */
function dataFolder(folder: string): string {
  return join(folder, "data");
}

/**
 * Starts a Prometheus that scrapes these jobs (none = nothing) and takes remote writes and native histograms. Data that is in
 * its folder already is served.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<ServerProcess> {
  const { prometheus, folder, scrapeIntervalMs = 1_000, jobs = [], flags = [] } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, "prometheus.yml");
  await writeFile(configFile, scrapeConfiguration(scrapeIntervalMs, jobs));
  const port = options.port ?? (await freePort());
  return startServer({
    program: "Prometheus",
    binary: prometheus.prometheus,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataFolder(folder)}`,
      `--storage.tsdb.retention.time=${RETENTION}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      "--web.enable-lifecycle",
      "--enable-feature=native-histograms",
      "--log.level=warn",
      ...flags,
    ],
    port,
    isReady: async (url) => (await statusOf(`${url}/-/ready`)) === 200,
    logFile: join(folder, "prometheus.log"),
    readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
  });
}

/** Configuration of what is scraped. JSON is YAML too: nothing needs to be escaped twice. */
export function scrapeConfiguration(scrapeIntervalMs: number, jobs: readonly ScrapeJob[]): string {
  return JSON.stringify({
    global: { scrape_interval: `${scrapeIntervalMs}ms`, scrape_timeout: `${Math.min(scrapeIntervalMs, 10_000)}ms` },
    scrape_configs: jobs.map(({ name, targets, path = "/metrics", labels = {} }) => ({
      job_name: name,
      metrics_path: path,
      static_configs: [{ targets, labels }],
    })),
  });
}

/**
 * Writes samples with times of their own into a folder, before a Prometheus is started with it. `file` is OpenMetrics text,
 * with times in seconds, that ends with `# EOF`. Throws with promtool's reason.
 */
export async function createBlocks(prometheus: ResolvedPrometheus, file: string, folder: string): Promise<void> {
  await mkdir(dataFolder(folder), { recursive: true });
  await run(prometheus.promtool, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, dataFolder(folder)], {
    timeout: 10 * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}
