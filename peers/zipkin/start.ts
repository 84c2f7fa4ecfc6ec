import { statusOf } from "../shared/readiness.ts";
import { startServer, type ServerProcess } from "../shared/server-process.ts";
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

/** Starts Zipkin with its spans in memory and answers when it is healthy: intake, queries and pages are at its one address. */
export async function startZipkin(options: ZipkinOptions): Promise<ServerProcess> {
  const { zipkin, port, logFile, readyTimeoutMs = 100_000 } = options;
  // QUERY_PORT would listen on every address; these three arguments keep it on loopback.
  const listener = ["--armeria.ports[0].ip=127.0.0.1", `--armeria.ports[0].port=${port}`, "--armeria.ports[0].protocols[0]=http"];
  return startServer({
    program: "Zipkin",
    binary: zipkin.java,
    // A small heap, and no second compiler: it lives for a minute, and starting is what takes long.
    args: ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar", zipkin.jar, ...listener],
    port,
    isReady: async (url) => (await statusOf(`${url}/health`)) === 200,
    logFile,
    readyTimeoutMs,
  });
}
