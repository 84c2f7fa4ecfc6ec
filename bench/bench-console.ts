import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { ConsoleMessage, ConsoleOrder } from "./console-process.ts";

/** As the launcher in the root starts it. */
const NODE_FLAGS = ["--max-semi-space-size=16", "--disable-warning=ExperimentalWarning"];

/** What a console's process took so far. */
export interface ConsoleUsage {
  rssMiB: number;
  cpuMs: number;
}

/** A console in a process of its own, so that who asks it does not take its time. */
export class BenchConsole {
  readonly url: string;
  /** Where it takes spans; `null` = it takes none. */
  readonly spansUrl: string | null;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, { url, spansUrl }: { url: string; spansUrl: string | null }) {
    this.child = child;
    this.url = url;
    this.spansUrl = spansUrl;
  }

  /** `options` are those of the server; what is not named is off. */
  static async start(options: { dataDir: string } & Record<string, unknown>): Promise<BenchConsole> {
    const process = fileURLToPath(new URL("./console-process.ts", import.meta.url));
    const child = fork(process, [JSON.stringify(options)], { execArgv: NODE_FLAGS });
    const ready = await answerOf(child);
    if (ready.type !== "ready") throw new Error("the console did not start");
    return new BenchConsole(child, ready);
  }

  /** Of the process with all its threads. */
  async usage(): Promise<ConsoleUsage> {
    const answered = answerOf(this.child);
    this.order("usage");
    const usage = await answered;
    if (usage.type !== "usage") throw new Error("the console told nothing of itself");
    return { rssMiB: Math.round(usage.rss / 1024 / 1024), cpuMs: usage.cpuMs };
  }

  /** Resolves when everything is written and the process is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, "exit");
    this.order("stop");
    await exited;
  }

  private order(order: ConsoleOrder): void {
    this.child.send(order);
  }
}

async function answerOf(child: ChildProcess): Promise<ConsoleMessage> {
  const died = new AbortController();
  const exited = (): void => died.abort(new Error("the console's process ended"));
  child.once("exit", exited);
  try {
    const [message] = await once(child, "message", { signal: died.signal });
    return message as ConsoleMessage;
  } finally {
    child.off("exit", exited);
  }
}
