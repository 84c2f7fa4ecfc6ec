import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

import { ConsoleApi, until } from "./demo-mesh.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** A console in a process of its own, which a test may kill. */
export interface ConsoleProcess {
  readonly api: ConsoleApi;
  readonly child: ChildProcess;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
}

interface ConsoleStart {
  port: number;
  /** Script and its arguments, which say the port once more. Default: `./weft up` with `flags`. */
  script?: readonly string[];
  flags?: readonly (string | number)[];
  /** What must answer before it is handed out. */
  readyPath: "/readyz" | "/healthz";
  limitMs: number;
  everyMs?: number;
  /** Gets all that it prints; left out = errors go where the test's go. */
  onOutput?: (text: string) => void;
}

/** Starts a console and waits until it is ready. When that fails the process is gone. */
export async function startConsole(start: ConsoleStart): Promise<ConsoleProcess> {
  const { port, flags = [], script = ["cli/main.ts", "up", "--port", String(port), ...flags.map(String)], onOutput } = start;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...script], {
    cwd: ROOT,
    stdio: onOutput === undefined ? ["ignore", "ignore", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => onOutput?.(chunk.toString()));
  const ended = new Promise<void>((done) => void child.once("exit", () => done()));
  const api = new ConsoleApi(`http://127.0.0.1:${port}`);
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`the console ended with ${child.exitCode}`);
    return (await fetch(`${api.url}${start.readyPath}`).catch(() => null))?.ok ?? false;
  };
  try {
    await until("the console", isReady, start.limitMs, start.everyMs);
  } catch (cause) {
    child.kill("SIGKILL");
    throw cause;
  }
  return { api, child, ended };
}
