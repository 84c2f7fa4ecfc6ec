import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { statusOf } from "../shared/readiness.ts";
import { startServer, type ServerProcess } from "../shared/server-process.ts";

export interface JaegerOptions {
  readonly binary: string;
  /** Folder for its configuration and its log; made when it is not there. */
  readonly folder: string;
  /** Loopback ports. */
  readonly ports: { readonly query: number; readonly queryGrpc: number; readonly otlpHttp: number; readonly otlpGrpc: number };
  /** Default 30 s. */
  readonly readyTimeoutMs?: number;
}

/** Its address is that of the queries. */
export interface JaegerProcess extends ServerProcess {
  /** `http://127.0.0.1:<port>` of its OTLP/HTTP intake. */
  readonly otlpUrl: string;
}

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

/** Starts Jaeger and answers when it takes questions and spans. */
export async function startJaeger(options: JaegerOptions): Promise<JaegerProcess> {
  const { binary, folder, ports, readyTimeoutMs = 30_000 } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, "jaeger.json");
  await writeFile(configFile, jaegerConfig(ports));
  const otlpUrl = `http://127.0.0.1:${ports.otlpHttp}`;
  const server = await startServer({
    program: "Jaeger",
    binary,
    args: ["--config", configFile],
    port: ports.query,
    isReady: async (url) => (await statusOf(`${url}/api/v3/services`)) === 200 && (await statusOf(`${otlpUrl}/`)) !== null,
    logFile: join(folder, "jaeger.log"),
    readyTimeoutMs,
  });
  return { ...server, otlpUrl };
}
