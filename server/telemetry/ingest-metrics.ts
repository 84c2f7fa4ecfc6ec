import { Counter, Gauge, type Registry } from "prom-client";

import { COMMIT_BOUNDS_MS, type IngestCounts } from "../ingest/counts.ts";
import type { IngestStats } from "../ingest/stats.ts";

const MS = 1_000;

/** Figures of the intake and the store of spans, as of its newest second. */
export function addIngestMetrics(registry: Registry, read: () => IngestStats): void {
  const registers = [registry];
  // The intake counts in its own thread; a counter here takes over what it says.
  const counter = (name: string, help: string, value: (stats: IngestStats) => number): Counter =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(read()));
      },
    });
  const gauge = (name: string, help: string, value: (stats: IngestStats) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(read()));
      },
    });
  counter("weft_spans_received_total", "Spans in requests that were taken", ({ counts }) => counts.received);
  counter("weft_spans_kept_total", "Spans that were written", ({ counts }) => counts.kept);
  counter("weft_spans_duplicate_total", "Spans that were there already", ({ counts }) => counts.duplicate);
  counter("weft_spans_rejected_total", "Spans that were left out for good", ({ counts }) => counts.rejected);
  counter("weft_ingest_bytes_total", "Bytes of requests that were taken, decompressed", ({ counts }) => counts.bytes);
  gauge("weft_ingest_queue_bytes", "Bytes that wait to be written", ({ queueBytes }) => queueBytes);
  gauge("weft_span_store_bytes", "Bytes of spans that are kept", ({ store }) => store.bytes);
  gauge("weft_span_store_spans", "Spans that are kept", ({ store }) => store.spans);
  counter("weft_span_store_removed_total", "Spans that retention removed", ({ store }) => store.removed);
  const refused: Counter<"cause"> = new Counter({
    name: "weft_ingest_refused_total",
    help: "Requests that were not taken, by why",
    labelNames: ["cause"],
    registers,
    collect() {
      refused.reset();
      for (const [cause, count] of Object.entries(read().counts.refused)) refused.inc({ cause }, count);
    },
  });
}

/** Durations of commits in Prometheus' text format. The library's histogram takes single observations only, and these are counted already. */
export function commitDurations({ commits, commitMs, commitBuckets }: IngestCounts): string {
  const name = "weft_ingest_commit_duration_seconds";
  let below = 0;
  const buckets = COMMIT_BOUNDS_MS.map((bound, index) => {
    below += commitBuckets[index] ?? 0;
    return `${name}_bucket{le="${bound / MS}"} ${below}\n`;
  });
  return (
    `# HELP ${name} Time to write a group of requests to disk\n# TYPE ${name} histogram\n${buckets.join("")}` +
    `${name}_bucket{le="+Inf"} ${commits}\n${name}_sum ${commitMs / MS}\n${name}_count ${commits}\n`
  );
}
