import { Worker } from "node:worker_threads";

import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import { fromPlain, type QueryArguments, type QueryMessage, type QueryName, type QueryReply } from "./query-messages.ts";

/** Calls that may wait for the one that is answered. */
const MOST_WAITING = 32;
/** After this a query answers with what it has. */
const DEADLINE_MS = 5_000;
/** A query that does not even look at its deadline is ended with its thread. */
const LONGEST_MS = 20_000;
/** A trace of 64 MiB, decoded, and its copy. */
const HEAP_MIB = 1_024;

const GIVEN_UP = "The question to the archive of spans was given up before it answered";

export interface QueryThreadParts {
  sourceId: string;
  clock: Clock;
  scheduler: Scheduler;
  deadlineMs?: number;
  /** Another worker, for tests. */
  workerUrl?: URL;
}

interface Call {
  message: QueryMessage;
  settle: (result: Result<unknown>) => void;
}

/** Asks one question after the other of a thread that reads the file, so that nobody else waits for an answer. */
export class QueryThread {
  private readonly parts: QueryThreadParts;
  private worker: Worker | null = null;
  private running: Call | null = null;
  private waiting: Call[] = [];
  private watch: ScheduledTask | null = null;
  private lastId = 0;
  private isStopped = false;

  constructor(parts: QueryThreadParts) {
    this.parts = parts;
  }

  /**
   * Errors: those of the reader; TIMEOUT when too many wait, or when the thread had to be ended; SOURCE_UNREACHABLE when
   * `signal` gave up or the thread died. The next call starts another.
   */
  ask<N extends QueryName>(name: N, args: QueryArguments[N], path: string, signal?: AbortSignal): Promise<Result<unknown>> {
    if (signal?.aborted === true) return Promise.resolve(err(this.error("SOURCE_UNREACHABLE", GIVEN_UP)));
    if (this.isStopped) return Promise.resolve(err(this.error("SOURCE_UNREACHABLE", "The archive of spans is closed")));
    if (this.waiting.length >= MOST_WAITING) {
      const text = `The archive of spans has ${MOST_WAITING} questions waiting already`;
      return Promise.resolve(err(this.error("TIMEOUT", text, "Ask again in a few seconds, or ask for less")));
    }
    return new Promise((resolve) => {
      const gaveUp = new Int32Array(new SharedArrayBuffer(4));
      const { clock, deadlineMs = DEADLINE_MS } = this.parts;
      // Name and arguments belong together by the type of this method, which the union cannot see.
      const message = { id: ++this.lastId, name, args, path, nowMs: clock.nowMs(), deadlineMs, gaveUp } as QueryMessage;
      const giveUp = (): void => {
        Atomics.store(gaveUp, 0, 1);
        this.waiting = this.waiting.filter((other) => other !== call);
        call.settle(err(this.error("SOURCE_UNREACHABLE", GIVEN_UP)));
      };
      const call: Call = {
        message,
        settle: (result) => {
          signal?.removeEventListener("abort", giveUp);
          resolve(result);
        },
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.waiting.push(call);
      this.next();
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const { worker } = this;
    this.dropAll(this.error("SOURCE_UNREACHABLE", "The archive of spans is closed"));
    await worker?.terminate();
  }

  private next(): void {
    if (this.running !== null) return;
    const call = this.waiting.shift();
    if (call === undefined) return;
    this.running = call;
    this.watch = this.parts.scheduler.after(LONGEST_MS, () => this.endThread());
    this.worker ??= this.spawn();
    this.worker.postMessage(call.message, []);
  }

  private spawn(): Worker {
    const worker = new Worker(this.parts.workerUrl ?? new URL("./query-worker.ts", import.meta.url), {
      workerData: this.parts.sourceId,
      name: "span-queries",
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    let reason = "";
    worker.on("message", (reply: QueryReply) => this.hear(reply));
    worker.on("error", (error: unknown) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => {
      if (this.worker !== worker) return;
      const text = `The thread that reads the archive of spans ended (${reason === "" ? `code ${code}` : reason})`;
      this.dropAll(this.error("SOURCE_UNREACHABLE", text, "Ask again: it is started anew"));
    });
    return worker;
  }

  private hear(reply: QueryReply): void {
    const call = this.running;
    if (call === null || call.message.id !== reply.id) return;
    this.watch?.cancel();
    this.running = null;
    call.settle(reply.ok ? ok(reply.value) : err(fromPlain(reply.error)));
    this.next();
  }

  private endThread(): void {
    const { worker, running } = this;
    this.running = null;
    running?.settle(err(this.error("TIMEOUT", "The archive of spans took too long to answer", "Name a service, or choose a shorter time")));
    this.dropAll(
      this.error(
        "SOURCE_UNREACHABLE",
        "The thread that reads the archive of spans was ended because an earlier question took too long",
        "Ask again",
      ),
    );
    void worker?.terminate();
  }

  private dropAll(error: WeftError): void {
    const calls = [...(this.running === null ? [] : [this.running]), ...this.waiting];
    this.watch?.cancel();
    this.worker = null;
    this.running = null;
    this.waiting = [];
    for (const { settle } of calls) settle(err(error));
  }

  private error(code: "TIMEOUT" | "SOURCE_UNREACHABLE", message: string, mend?: string): WeftError {
    return new WeftError(code, message, { sourceId: this.parts.sourceId, isRetryable: true, ...(mend === undefined ? {} : { mend }) });
  }
}
