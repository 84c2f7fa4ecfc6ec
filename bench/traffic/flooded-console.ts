import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import type { ConsoleMessage, ConsoleOrder } from "./console-process.ts";
import type { SenderSetup, SendOrder, Sent } from "./sender-thread.ts";

/** As the launcher in the root starts it. */
const NODE_FLAGS = ["--max-semi-space-size=4", "--disable-warning=ExperimentalWarning"];

/** A console in a process of its own, and a thread that sends spans to it. */
export class FloodedConsole {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly sender: Worker;

  private constructor(child: ChildProcess, url: string, sender: Worker) {
    this.child = child;
    this.url = url;
    this.sender = sender;
  }

  static async start(dataDir: string, services: number): Promise<FloodedConsole> {
    const child = fork(fileURLToPath(new URL("./console-process.ts", import.meta.url)), [dataDir], { execArgv: NODE_FLAGS });
    const ready = await answerOf(child);
    if (ready.type !== "ready") throw new Error("the console did not start");
    const setup: SenderSetup = { url: ready.spansUrl, services };
    return new FloodedConsole(child, ready.url, new Worker(new URL("./sender-thread.ts", import.meta.url), { workerData: setup }));
  }

  async send(order: SendOrder): Promise<Sent> {
    const answered = once(this.sender, "message");
    this.sender.postMessage(order, []);
    const [sent] = await answered;
    return sent as Sent;
  }

  /** Resident memory of the console's process with all its threads, MiB. */
  async rssMiB(): Promise<number> {
    const answered = answerOf(this.child);
    this.order("usage");
    const usage = await answered;
    return usage.type === "usage" ? Math.round(usage.rss / 1024 / 1024) : 0;
  }

  /** Resolves when everything is written and the process is gone. */
  async stop(): Promise<void> {
    await this.sender.terminate();
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
