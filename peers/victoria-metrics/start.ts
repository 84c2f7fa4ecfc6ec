import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";

import { scrapeConfiguration, type ScrapeJob } from "../prometheus/start.ts";
import { freePort } from "../shared/free-port.ts";
import { statusOf } from "../shared/readiness.ts";
import { startServer, type ServerProcess } from "../shared/server-process.ts";

import type { ResolvedVictoriaMetrics } from "./resolve.ts";

export interface VictoriaMetricsOptions {
  readonly victoriaMetrics: ResolvedVictoriaMetrics;
  /** Its data, configuration and log are kept here. */
  readonly folder: string;
  /** Loopback port; left out = a free one. */
  readonly port?: number;
  readonly scrapeIntervalMs?: number;
  readonly jobs?: readonly ScrapeJob[];
  /** How long it hides what is newest. Its own default is 30 s; here 0. */
  readonly hidesNewestMs?: number;
  readonly flags?: readonly string[];
  readonly readyTimeoutMs?: number;
}

/** Starts a VictoriaMetrics that scrapes these jobs (none = nothing) and keeps data for a hundred years. */
export async function startVictoriaMetrics(options: VictoriaMetricsOptions): Promise<ServerProcess> {
  const { victoriaMetrics, folder, scrapeIntervalMs = 1_000, jobs = [], hidesNewestMs = 0, flags = [] } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, "scrape.yml");
  await writeFile(configFile, scrapeConfiguration(scrapeIntervalMs, jobs));
  const port = options.port ?? (await freePort());
  return startServer({
    program: "VictoriaMetrics",
    binary: victoriaMetrics.path,
    args: [
      `-storageDataPath=${join(folder, "data")}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      `-promscrape.config=${configFile}`,
      "-retentionPeriod=100y",
      `-search.latencyOffset=${hidesNewestMs}ms`,
      "-loggerLevel=WARN",
      ...flags,
    ],
    port,
    isReady: async (url) => (await statusOf(`${url}/health`)) === 200,
    logFile: join(folder, "victoria-metrics.log"),
    readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
  });
}

/** Writes samples with times of their own, in milliseconds, and waits until questions see them. Throws with the server's reason. */
export async function importExposition(url: string, text: string): Promise<void> {
  await send("POST", `${url}/api/v1/import/prometheus`, text);
  await send("GET", `${url}/internal/force_flush`, "");
}

function send(method: string, url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, timeout: 120_000 }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      response.once("end", () => (statusCode < 300 ? resolve() : reject(new Error(`${url} answered ${statusCode}`))));
    });
    sent.once("timeout", () => sent.destroy(new Error(`${url} did not answer in time`)));
    sent.once("error", reject);
    sent.end(body);
  });
}
