import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { logTail } from "./readiness.ts";

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
  /** Whether it takes questions at its address by now. */
  isReady: (url: string) => Promise<boolean>;
  /** The server's output is appended here. */
  logFile: string;
  readyTimeoutMs: number;
}

const POLL_MS = 50;

/** Starts a server and answers when it is ready. When that fails the process is gone and the error holds the log's last lines. */
export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const { program, binary, args, port, isReady, logFile } = start;
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
    // One wrong setting ends it at once, and another program may answer on the port: being alive comes first.
    if (hasEnded) throw new Error(`${program} ended while starting: ${await logTail(logFile)}`);
    if (await isReady(url)) return { pid: child.pid ?? 0, url, port, stop };
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${program} was not ready in time: ${await logTail(logFile)}`);
    }
    await sleep(POLL_MS);
  }
}
