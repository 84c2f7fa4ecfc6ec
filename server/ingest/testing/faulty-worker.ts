import { WeftError } from "#lib/model/errors.ts";
import type { SpanStore } from "#lib/ports/span-store.ts";

import { runWorker } from "../run-worker.ts";
import { createFakeSpanStore } from "./fake-span-store.ts";
import { lineCodec } from "./line-codec.ts";

/**
 * The intake's thread over a store in memory, for tests of its life: a span named `torn` breaks the store, one
 * named `exit` ends the thread at once. Every span is told as one sample whose source is its name.
 */
const store = createFakeSpanStore();
const waiting: string[] = [];

await runWorker({
  openStore(where) {
    if (where === "broken")
      throw new WeftError("UNSUPPORTED", "The store is of a later Weft", { field: "--data-dir", mend: "Use that one" });
    const write: SpanStore["write"] = store.write.bind(store);
    store.write = (records) => {
      if (records.some(({ name }) => name === "torn")) throw new Error("a page is torn");
      if (records.some(({ name }) => name === "exit")) process.exit(7);
      return write(records);
    };
    return { store, path: "/nowhere/spans" };
  },
  codec: lineCodec,
  rollup: {
    add: (records) => void waiting.push(...records.map(({ name }) => name)),
    drain: (nowMs) =>
      waiting.splice(0).map((source) => ({
        atMs: nowMs,
        key: { source, target: "b", protocol: "http", version: null, reporter: "destination" },
        traffic: {
          count: 1,
          errorCount: 0,
          retries: 0,
          neverArrived: 0,
          callerCount: 0,
          callerErrorCount: 0,
          transport: { mutual: 0, oneWay: 0, plaintext: 0 },
          flags: {},
          latency: null,
        },
      })),
  },
});
