import { START_MS } from "./builders.ts";
import { createFakeTraceSource } from "./fake-trace-source.ts";
import { traceOf } from "./trace-builders.ts";
import { describeTraceSource } from "./trace-source-contract.ts";

describeTraceSource("Traces in memory", async () => {
  const source = createFakeTraceSource();
  return {
    source,
    nowMs: START_MS,
    async seed(spans) {
      for (const [traceId, seeds] of Map.groupBy(spans, (span) => span.traceId)) {
        const startMs = Math.min(...seeds.map((seed) => seed.startMs));
        const specs = seeds.map(({ spanId, parentId, startMs: at, durationMs, ...rest }) => ({
          ...rest,
          id: spanId,
          at: at - startMs,
          ms: durationMs,
          ...(parentId === null ? {} : { parent: parentId }),
        }));
        source.keep({ ...traceOf(specs, { startMs }), id: traceId });
      }
    },
    close: async () => {},
  };
});
