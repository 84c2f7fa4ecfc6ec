import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { BenchConsole } from "../bench-console.ts";
import type { SenderSetup, SendOrder, Sent } from "./sender-thread.ts";

/** A console without proxies, and a thread that sends spans to it. */
export class FloodedConsole {
  readonly url: string;
  private readonly console: BenchConsole;
  private readonly sender: Worker;

  private constructor(console: BenchConsole, sender: Worker) {
    this.url = console.url;
    this.console = console;
    this.sender = sender;
  }

  static async start(dataDir: string, services: number): Promise<FloodedConsole> {
    const console = await BenchConsole.start({ dataDir, otlpHttp: 0, keepSpansMib: 65_536 });
    const setup: SenderSetup = { url: console.spansUrl ?? "", services };
    return new FloodedConsole(console, new Worker(new URL("./sender-thread.ts", import.meta.url), { workerData: setup }));
  }

  async send(order: SendOrder): Promise<Sent> {
    const answered = once(this.sender, "message");
    this.sender.postMessage(order, []);
    const [sent] = await answered;
    return sent as Sent;
  }

  /** Resident memory of the console's process with all its threads, MiB. */
  async rssMiB(): Promise<number> {
    return (await this.console.usage()).rssMiB;
  }

  /** Resolves when everything is written and the process is gone. */
  async stop(): Promise<void> {
    await this.sender.terminate();
    await this.console.stop();
  }
}
