import type { FakeTime } from "#lib/testing/fake-time.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import type { Scheduler } from "#lib/ports/time.ts";

import { systemClock, systemScheduler } from "../../telemetry/system-time.ts";
import { INGEST_LIMITS, type IngestLimits } from "../limits.ts";
import { startReceiver, type Receiver } from "../receiver.ts";
import { createFakeSpanStore, type FakeSpanStore } from "./fake-span-store.ts";
import { lineCodec } from "./line-codec.ts";

export interface TestReceiver {
  receiver: Receiver;
  store: FakeSpanStore;
  /** What the rollup was given. */
  rolled: SpanRecord[];
  /** Addresses to send to. */
  otlp: string;
  grpc: string;
  zipkin: string;
  stop(): Promise<void>;
}

/** All three ports on loopback over a store in memory. `time` = groups are written when the test lets time pass. */
export async function openReceiver(limits: Partial<IngestLimits> = {}, time: FakeTime | null = null): Promise<TestReceiver> {
  const store = createFakeSpanStore();
  const rolled: SpanRecord[] = [];
  const scheduler: Scheduler = time?.scheduler ?? systemScheduler;
  const receiver = await startReceiver({
    host: "127.0.0.1",
    ports: { http: 0, grpc: 0, zipkin: 0 },
    limits: { ...INGEST_LIMITS, ...limits },
    store,
    codec: lineCodec,
    rollup: { add: (records) => void rolled.push(...records), drain: () => [] },
    clock: time?.clock ?? systemClock,
    scheduler,
  });
  return {
    receiver,
    store,
    rolled,
    otlp: `http://127.0.0.1:${receiver.ports.http}`,
    grpc: `127.0.0.1:${receiver.ports.grpc}`,
    zipkin: `http://127.0.0.1:${receiver.ports.zipkin}`,
    stop: () => receiver.stop(),
  };
}
