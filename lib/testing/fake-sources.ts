import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Topology } from "#lib/model/topology.ts";
import type { CountSteps, TrafficRow, TrafficSample, TrafficSteps } from "#lib/ports/series-store.ts";
import type { Feed, MetricsSource, ProxyDetail, TopologySource, TrafficSum } from "#lib/ports/sources.ts";
import { selectsKey } from "#lib/red/select-traffic.ts";
import { addTraffic } from "#lib/red/traffic.ts";

import { statusOf, topologyOf } from "./builders.ts";
import { keyText } from "#lib/red/key-text.ts";

/** Adds up every sample in `(from, to]` by its key, one by one: slow, and plainly right. */
export function sumSamples(samples: readonly TrafficSample[], window: TimeWindow, select?: TrafficSelect): TrafficRow[] {
  const rows = new Map<string, TrafficRow>();
  for (const { atMs, key, traffic } of samples) {
    if (atMs <= window.fromMs || atMs > window.toMs || !selectsKey(select, key)) continue;
    const name = keyText(key);
    const known = rows.get(name);
    rows.set(name, { key, traffic: known === undefined ? traffic : addTraffic(known.traffic, traffic) });
  }
  return [...rows.values()];
}

/** Consecutive windows of one length that end where the whole one ends. */
function cut(window: TimeWindow, stepMs: number): TimeWindow[] {
  const steps: TimeWindow[] = [];
  for (let toMs = window.toMs; toMs > window.fromMs; toMs -= stepMs) steps.unshift({ fromMs: toMs - stepMs, toMs });
  return steps;
}

/** What a test adds to a fake that answers as a source. */
interface Scripted {
  /** Every later answer fails; `null` lets it answer again. */
  failWith(error: WeftError | null): void;
  /** Every later answer comes with this evidence. */
  say(evidence: Partial<Omit<Sourced<unknown>, "value">>): void;
}

export interface FakeMetricsSource extends MetricsSource, Scripted {
  record(...samples: TrafficSample[]): void;
  /** Every later sum is named as that of this window, as of a source that keeps no other; `null` = as asked. */
  cover(window: TimeWindow | null): void;
  /** How often each of its calls was made. */
  readonly asked: { traffic: number; trafficSteps: number; countSteps: number };
  /** What each call was given to be given up by, in order. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** Runs when a call begins and holds it until the promise resolves. */
  onCall(hook: (() => void | Promise<void>) | null): void;
}

/** Metrics in memory: it keeps every sample and adds up what is asked for. Exact at any window. */
export function createFakeMetrics(id = "fake-metrics"): FakeMetricsSource {
  return new InMemoryMetrics(id);
}

class InMemoryMetrics implements FakeMetricsSource {
  readonly id: string;
  readonly reportMs = 1_000;
  readonly asked = { traffic: 0, trafficSteps: 0, countSteps: 0 };
  readonly signals: (AbortSignal | undefined)[] = [];
  readonly #samples: TrafficSample[] = [];
  readonly #script: Script;
  #hook: (() => void | Promise<void>) | null = null;
  #covered: TimeWindow | null = null;

  constructor(id: string) {
    this.id = id;
    this.#script = new Script(id);
  }

  record(...samples: TrafficSample[]): void {
    this.#samples.push(...samples);
  }

  failWith(error: WeftError | null): void {
    this.#script.error = error;
  }

  say(evidence: Parameters<Scripted["say"]>[0]): void {
    this.#script.evidence = evidence;
  }

  onCall(hook: (() => void | Promise<void>) | null): void {
    this.#hook = hook;
  }

  cover(window: TimeWindow | null): void {
    this.#covered = window;
  }

  async traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    this.asked.traffic++;
    this.signals.push(signal);
    await this.#hook?.();
    const seenBy = [this.id];
    const rows = sumSamples(this.#samples, window, select).map((row) => ({ ...row, toldBy: this.id, seenBy }));
    return this.#script.answer({ window: this.#covered ?? window, sources: seenBy, rows });
  }

  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select?: TrafficSelect,
    signal?: AbortSignal,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    this.asked.trafficSteps++;
    this.signals.push(signal);
    await this.#hook?.();
    const steps = cut(window, stepMs).map((step) => ({
      ...step,
      isReported: this.#isReported(step),
      rows: sumSamples(this.#samples, step, select),
    }));
    return this.#script.answer({ window: { ...window, fromMs: steps[0]?.fromMs ?? window.fromMs }, stepMs, steps });
  }

  async countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    this.asked.countSteps++;
    this.signals.push(signal);
    await this.#hook?.();
    const stepMs = (window.toMs - window.fromMs) / points;
    const steps = cut(window, stepMs);
    const targets = [...new Set(this.#samples.map((sample) => sample.key.target))];
    const rows = targets.map((target) => {
      const inStep = steps.map((step) => sumSamples(this.#samples, step, { targets: [target] }));
      const total = (field: "count" | "errorCount" | "callerCount"): number[] =>
        inStep.map((rows) => rows.reduce((sum, { traffic }) => sum + traffic[field], 0));
      return { target, counts: total("count"), errors: total("errorCount"), callers: total("callerCount") };
    });
    return this.#script.answer({ window, stepMs, isReported: steps.map((step) => this.#isReported(step)), rows });
  }

  #isReported({ fromMs, toMs }: TimeWindow): boolean {
    return this.#samples.some(({ atMs }) => atMs > fromMs && atMs <= toMs);
  }
}

export interface FakeTopologySource extends TopologySource, Scripted {
  know(topology: Topology): void;
  /** Adds what one proxy says in depth. */
  describe(detail: ProxyDetail): void;
}

export function createFakeTopology(id = "fake-topology", known: Topology = topologyOf()): FakeTopologySource {
  const script = new Script(id);
  const details = new Map<string, ProxyDetail>();
  let topology = known;
  return {
    id,
    know: (next) => void (topology = next),
    describe: (detail) => void details.set(detail.proxy.id, detail),
    failWith: (error) => void (script.error = error),
    say: (evidence) => void (script.evidence = evidence),
    topology: async () => script.answer(topology),
    proxy: async (proxyId) => {
      const detail = details.get(proxyId);
      return detail === undefined ? err(new WeftError("NOT_FOUND", `There is no proxy ${proxyId}`)) : script.answer(detail);
    },
  };
}

export interface FakeFeed extends Feed {
  /** What `status` answers from now on, apart from its id. */
  set(status: Partial<SourceStatus>): void;
  readonly isRunning: boolean;
}

/** A feed that does nothing but say how it is. */
export function createFakeFeed(id = "fake-proxies"): FakeFeed {
  let status = statusOf({ id });
  let isRunning = false;
  return {
    id,
    get isRunning() {
      return isRunning;
    },
    start: () => void (isRunning = true),
    stop: async () => void (isRunning = false),
    status: () => status,
    set: (part) => void (status = { ...status, ...part, id }),
  };
}

class Script {
  error: WeftError | null = null;
  evidence: Partial<Omit<Sourced<unknown>, "value">> = {};
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  answer<T>(value: T): Result<Sourced<T>> {
    if (this.error !== null) return err(this.error);
    const provenance = [{ source: this.#id, kind: "fake", query: "memory", observedAt: null }];
    return ok({ value, provenance, notices: [], coverage: "complete", ...this.evidence });
  }
}
