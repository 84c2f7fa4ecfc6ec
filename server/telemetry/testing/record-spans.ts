import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";

import { createTracing } from "../span-export.ts";
import type { Tracing } from "../tracing.ts";

/** Tracing whose ended spans stay in memory, in the order of their end. */
export function recordSpans(): { tracing: Tracing; spans: () => ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const { tracing } = createTracing(new SimpleSpanProcessor({ exporter }));
  return { tracing, spans: () => exporter.getFinishedSpans() };
}
