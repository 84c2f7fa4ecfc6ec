import { platform, setPriority } from "node:os";

import { openSpanStore, type SpanStoreOptions } from "../stores/spans/span-store.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { runWorker } from "./run-worker.ts";
import { createSpanTraffic } from "./span-traffic.ts";

/** Ten of nineteen: on Linux it is set for this thread alone. */
const NICENESS = 10;

// The map and its readers go first where both want the same core. Elsewhere this would slow the whole process.
if (platform() === "linux") setPriority(NICENESS);

// Entry of the intake's thread: the real protocols over the real store.
await runWorker({
  openStore(where) {
    const store = openSpanStore(where as SpanStoreOptions);
    return { store, path: store.path };
  },
  codec: otlpCodec,
  rollup: createSpanTraffic(),
});
