import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface JaegerOptions {
  readonly binary: string;
  /** Folder for its configuration and its log; made when it is not there. */
  readonly folder: string;
  /** Loopback ports. */
  readonly ports: { readonly query: number; readonly queryGrpc: number; readonly otlpHttp: number; readonly otlpGrpc: number };
  /** Default 30 s. */
  readonly readyTimeoutMs?: number;
}

export interface JaegerProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` of the queries. */
  readonly url: string;
  /** `http://127.0.0.1:<port>` of its OTLP/HTTP intake. */
  readonly otlpUrl: string;
  stop(): Promise<void>;
}

const POLL_MS = 50;

function on(port: number): { endpoint: string } {
  return { endpoint: `127.0.0.1:${port}` };
}

/** A Jaeger that keeps spans in memory and listens on loopback only. */
export function jaegerConfig(ports: JaegerOptions["ports"]): string {
  // Its configuration is YAML, of which JSON is a part. Without a level of `none` it opens a port for its own metrics.
  return JSON.stringify(
    {
      service: {
        extensions: ["jaeger_storage", "jaeger_query"],
        pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
        telemetry: { metrics: { level: "none" }, logs: { level: "warn" } },
      },
      extensions: {
        jaeger_storage: { backends: { memory_store: { memory: { max_traces: 50_000 } } } },
        jaeger_query: { storage: { traces: "memory_store" }, http: on(ports.query), grpc: on(ports.queryGrpc) },
      },
      receivers: { otlp: { protocols: { grpc: on(ports.otlpGrpc), http: on(ports.otlpHttp) } } },
      exporters: { jaeger_storage_exporter: { trace_storage: "memory_store" } },
    },
    null,
    2,
  );
}

/** Starts Jaeger and answers when it takes questions. When that fails the process is gone and the error holds the log's last lines. */
export async function startJaeger(options: JaegerOptions): Promise<JaegerProcess> {
  const { binary, folder, ports } = options;
  await mkdir(folder, { recursive: true });
  const [configFile, logFile] = [join(folder, "jaeger.json"), join(folder, "jaeger.log")];
  await writeFile(configFile, jaegerConfig(ports));
  const log = openSync(logFile, "a");
  const child = spawn(binary, ["--config", configFile], { stdio: ["ignore", log, log] });
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
  const url = `http://127.0.0.1:${ports.query}`;
  const otlpUrl = `http://127.0.0.1:${ports.otlpHttp}`;
  const deadline = performance.now() + (options.readyTimeoutMs ?? 30_000);
  for (;;) {
    // One wrong setting ends it at once, and another program may answer on the port: being alive comes first.
    if (hasEnded) throw new Error(`Jaeger ended while starting: ${await logTail(logFile)}`);
    if ((await statusOf(`${url}/api/v3/services`)) === 200 && (await statusOf(`${otlpUrl}/`)) !== null)
      return { pid: child.pid ?? 0, url, otlpUrl, stop };
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`Jaeger was not ready in time: ${await logTail(logFile)}`);
    }
    await sleep(POLL_MS);
  }
}

/** `null` = nobody answered. */
function statusOf(url: string): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(null));
  });
}

async function logTail(path: string): Promise<string> {
  const lines = (await readFile(path, "utf8").catch(() => "")).trim().split("\n");
  return lines.slice(-3).join(" | ") || "its log is empty";
}
