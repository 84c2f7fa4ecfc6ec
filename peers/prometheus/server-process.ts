import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface ServerStart {
  /** For sentences: `Prometheus`. */
  program: string;
  binary: string;
  args: readonly string[];
  port: number;
  /** Path that answers 200 once it is ready. */
  readyPath: string;
  /** The server's output is appended here. */
  logFile: string;
  readyTimeoutMs: number;
}

const POLL_MS = 50;

/** Starts a server and answers when it is ready. When that fails the process is gone and the error says why. */
export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const { program, binary, args, port, readyPath, logFile } = start;
  const log = openSync(logFile, "a");
  const child = spawn(binary, args, { stdio: ["ignore", log, log] });
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
  const deadline = performance.now() + start.readyTimeoutMs;
  for (;;) {
    if (hasEnded) throw new Error(`${program} ended while starting: ${await logTail(logFile)}`);
    if (await isReady(`${url}${readyPath}`)) return { pid: child.pid ?? 0, url, port, stop };
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${program} was not ready in time: ${await logTail(logFile)}`);
    }
    await sleep(POLL_MS);
  }
}

/** A loopback port that nothing listened at a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
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
