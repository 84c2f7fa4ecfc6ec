import { afterAll, afterEach, beforeAll } from "vitest";

import type { Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TrafficSum } from "#lib/ports/sources.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import { startRecordedPrometheus, type RealStore } from "./real-store.ts";
import { createRig, type Rig } from "./rig.ts";

export const WINDOW_MS = 10 * 60_000;
/** The instant at which the tests begin: the recorded mesh goes on for half an hour after it. */
export const BEGIN_MS = START_MS - 30 * 60_000;

export interface FaultyStore {
  proxy: FaultProxy;
  real: RealStore;
  /** What a test's source takes for now, and the proxy with it. */
  nowMs: () => number;
  /** Closes it when the test has ended. */
  closeLater: (one: { close(): Promise<void> }) => void;
  /** A source that asks through the proxy; `ask` asks about the ten minutes before its now. */
  rig: (options?: Parameters<typeof createRig>[1]) => Rig & { ask: () => Promise<Result<Sourced<TrafficSum>>> };
}

const atBegin = (): number => BEGIN_MS;

/** A real Prometheus behind a proxy that does what a test wants, for the tests of one file. To be called once, outside of them. */
export function useFaultyStore(): () => FaultyStore {
  let faulty: FaultyStore | null = null;
  let nowMs = atBegin;
  const open: { close(): Promise<void> }[] = [];
  const closeLater = (one: { close(): Promise<void> }): void => void open.push(one);

  beforeAll(async () => {
    const real = await startRecordedPrometheus(START_MS);
    const proxy = await startFaultProxy({ target: real.url, nowMs: () => nowMs() });
    faulty = {
      real,
      proxy,
      closeLater,
      nowMs: () => nowMs(),
      rig(options = {}) {
        const one = createRig(proxy.url, options, BEGIN_MS);
        closeLater(one);
        const { clock } = one.time;
        nowMs = () => clock.nowMs();
        return { ...one, ask: () => one.source.traffic({ fromMs: clock.nowMs() - WINDOW_MS, toMs: clock.nowMs() }) };
      },
    };
  });

  afterEach(async () => {
    faulty?.proxy.set({ kind: "none" });
    faulty?.proxy.shiftClock(0);
    nowMs = atBegin;
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  afterAll(async () => {
    await faulty?.proxy.close();
    await faulty?.real.stop();
  });

  return () => {
    if (faulty === null) throw new Error("the store is there only while tests run");
    return faulty;
  };
}

/** Only what is asked in PromQL; questions about the store itself go through. */
export const isQuery = (path: string): boolean => path.startsWith("/api/v1/query");
