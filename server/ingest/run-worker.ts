import { parentPort, workerData } from "node:worker_threads";

import type { SpanStore } from "#lib/ports/span-store.ts";
import type { Scheduler } from "#lib/ports/time.ts";

import { systemClock, systemScheduler } from "../telemetry/system-time.ts";
import type { IngestCodec } from "./codec.ts";
import { toPlain, type WorkerMessage, type WorkerOrder } from "./messages.ts";
import { startReceiver, type Receiver, type TrafficRollup } from "./receiver.ts";

const TICK_MS = 1_000;

export interface OpenedStore {
  store: SpanStore;
  /** File that others may read while it is open; `null` = there is none. */
  path: string | null;
}

export interface WorkerParts {
  /** Opens the store of the order. May throw a WeftError: then the worker says so and ends. */
  openStore: (where: unknown) => OpenedStore;
  codec: IngestCodec;
  rollup: TrafficRollup;
}

/** A wait of 0 is over when what has arrived is read, not a millisecond later: full groups follow one another so. */
const scheduler: Scheduler = {
  after(delayMs, task) {
    if (delayMs > 0) return systemScheduler.after(delayMs, task);
    const immediate = setImmediate(task);
    return { cancel: () => clearImmediate(immediate) };
  },
};

/** The life of the intake's thread: open the store, listen, tell every second, stop when told. */
export async function runWorker(parts: WorkerParts): Promise<void> {
  const main = parentPort;
  if (main === null) throw new Error("the intake runs in a worker thread only");
  const post = (message: WorkerMessage): void => main.postMessage(message, []);
  let receiver: Receiver;
  let path: string | null;
  try {
    ({ receiver, path } = await open(workerData as WorkerOrder, parts));
  } catch (error) {
    post({ type: "failed", error: toPlain(error) });
    main.close();
    return;
  }
  const tick = (): void => post({ type: "tick", rows: receiver.drain(), stats: receiver.stats() });
  const timer = setInterval(tick, TICK_MS);
  main.once("message", () => {
    clearInterval(timer);
    void receiver.stop(tick).then(() => {
      post({ type: "stopped" });
      main.close();
    });
  });
  post({ type: "ready", ports: receiver.ports, storePath: path, stats: receiver.stats() });
}

async function open(order: WorkerOrder, { openStore, codec, rollup }: WorkerParts): Promise<{ receiver: Receiver; path: string | null }> {
  const { store, path } = openStore(order.store);
  try {
    const { host, ports, limits } = order;
    const receiver = await startReceiver({ host, ports, limits, store, codec, rollup, clock: systemClock, scheduler });
    return { receiver, path };
  } catch (error) {
    store.close();
    throw error;
  }
}
