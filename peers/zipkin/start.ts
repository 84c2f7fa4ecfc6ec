import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { ResolvedZipkin } from "./resolve.ts";

export interface ZipkinOptions {
  readonly zipkin: ResolvedZipkin;
  /** Loopback port of its only listener. */
  readonly port: number;
  /** The server's output is appended here. */
  readonly logFile: string;
  /** A Java server on a busy two-core machine takes 13 to 25 seconds. Default 100 s. */
  readonly readyTimeoutMs?: number;
}

export interface ZipkinProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>`: intake, queries and pages. */
  readonly url: string;
  stop(): Promise<void>;
}

const POLL_MS = 100;

/** Starts Zipkin with its spans in memory and answers when it is healthy. When that fails the process is gone and the error says why. */
export async function startZipkin(options: ZipkinOptions): Promise<ZipkinProcess> {
  const { zipkin, port, logFile } = options;
  const log = openSync(logFile, "a");
  // QUERY_PORT would listen on every address; these three arguments keep it on loopback.
  const listener = ["--armeria.ports[0].ip=127.0.0.1", `--armeria.ports[0].port=${port}`, "--armeria.ports[0].protocols[0]=http"];
  // A small heap, and no second compiler: it lives for a minute, and starting is what takes long.
  const args = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar", zipkin.jar, ...listener];
  const child = spawn(zipkin.java, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  let hasEnded = false;
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      hasEnded = true;
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + (options.readyTimeoutMs ?? 100_000);
  for (;;) {
    if (hasEnded) throw new Error(`Zipkin ended while starting: ${await logTail(logFile)}`);
    if (await isHealthy(url)) return { pid: child.pid ?? 0, url, stop };
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`Zipkin was not ready in time: ${await logTail(logFile)}`);
    }
    await sleep(POLL_MS);
  }
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/health`, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}

async function logTail(path: string): Promise<string> {
  const lines = (await readFile(path, "utf8").catch(() => "")).trim().split("\n");
  return lines.slice(-3).join(" | ") || "its log is empty";
}
