import { openSpanStore, type SpanStoreOptions } from "../stores/spans/span-store.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { runWorker } from "./run-worker.ts";
import { createSpanTraffic } from "./span-traffic.ts";

// Entry of the intake's thread: the real protocols over the real store.
await runWorker({
  openStore(where) {
    const store = openSpanStore(where as SpanStoreOptions);
    return { store, path: store.path };
  },
  codec: otlpCodec,
  rollup: createSpanTraffic(),
});
