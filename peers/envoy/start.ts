import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { logTail, statusOf } from "../shared/readiness.ts";

export interface EnvoyOptions {
  readonly binary: string;
  /** Bootstrap file, YAML or JSON. */
  readonly configFile: string;
  /** Envoy's standard output and error are appended here: the reasons for refused configuration are found nowhere else. */
  readonly logFile: string;
  /** `http://127.0.0.1:<port>` of the admin listener in the bootstrap. */
  readonly adminUrl: string;
  /** How long to wait for `/ready`; a busy two-core machine needs seconds for a whole mesh. Default 60 s. */
  readonly readyTimeoutMs?: number;
}

/** How a process ended. */
export interface ExitReport {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EnvoyProcess {
  readonly pid: number;
  /** Resolves when the process has ended, however it did; never rejects. */
  readonly exited: Promise<ExitReport>;
  kill(signal: NodeJS.Signals): void;
}

const POLL_MS = 20;
const LOOK_LIMIT_MS = 1_000;

/** Starts Envoy and answers when its admin says it is ready. When that fails the process is gone and the error holds the log's last lines. */
export async function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  const envoy = spawnEnvoy(options);
  try {
    await waitUntilReady(envoy, options);
  } catch (cause) {
    envoy.kill("SIGKILL");
    throw cause;
  }
  return envoy;
}

/** Starts Envoy without waiting, for callers that must know its pid at once. */
export function spawnEnvoy(options: EnvoyOptions): EnvoyProcess {
  const log = openSync(options.logFile, "a");
  // Hot restart is off: a second Envoy would fail on the shared-memory id of the first. The drain time of 2 s keeps configuration changes quick.
  const flags = ["--concurrency", "1", "--disable-hot-restart", "--drain-time-s", "2", "-l", "warning"];
  const child = spawn(options.binary, ["-c", options.configFile, ...flags], { stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = exitOf(child);
  // No pid means that the program could not be started at all; `exited` resolves at once then.
  return { pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal) };
}

function exitOf(child: ChildProcess): Promise<ExitReport> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}

/** Polls `/ready` until it answers 200. Throws when the process ends first or time runs out. */
export async function waitUntilReady(envoy: EnvoyProcess, options: EnvoyOptions): Promise<void> {
  const deadline = performance.now() + (options.readyTimeoutMs ?? 60_000);
  let ended = false;
  void envoy.exited.then(() => {
    ended = true;
  });
  while (performance.now() < deadline) {
    if (ended) throw new Error(await whyEnded(options.logFile));
    if ((await statusOf(`${options.adminUrl}/ready`, LOOK_LIMIT_MS)) === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`Envoy was not ready in time: ${await logTail(options.logFile)}`);
}

/** Envoy's own words, or what they mean where its assertion would tell a reader nothing. */
async function whyEnded(logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  if (log.includes("inotify_fd_ >= 0")) {
    return "Envoy could not watch its files: this user's inotify instances are used up (128 by default). Raise the limit with: sysctl fs.inotify.max_user_instances=512";
  }
  return `Envoy ended while starting: ${await logTail(logFile)}`;
}
