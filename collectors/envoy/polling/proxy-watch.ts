import { isConnectionRefused } from "#collectors/shared/http-fetcher.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import type { AdminClient } from "../admin/client.ts";
import type { ProxyFile } from "../directory.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import type { HeldCertificate } from "../security/held-certificates.ts";
import { createCounterBook, type Folded } from "../stats/counter-book.ts";
import { statsFilter } from "../stats/tracked-series.ts";
import { inspect, NOT_INSPECTED, type Inspected, type InspectedPart } from "./inspection.ts";
import { nextPollIn } from "./pace.ts";
import { createRouteSync } from "./route-sync.ts";
import { readStats, type ProcessLife, type StatsReading } from "./stats-reader.ts";

/** How a proxy stands, as of its last poll. */
export interface Observation {
  /** Epoch milliseconds of the last good answer; `null` = never. */
  lastSeenMs: number | null;
  answeredInMs: number | null;
  /** Why the last poll failed; `null` when it did not, or there was none yet. */
  failure: WeftError | null;
  life: ProcessLife | null;
  /** Envoy's `server.state`: 0 live, 1 draining, 2 and 3 initializing; `null` when it is not in the statistics. */
  serverState: number | null;
  sync: "synced" | "rejected" | "unknown";
  /** Route configurations whose newest file was refused. */
  rejectedRoutes: readonly string[];
  openBreakers: readonly { cluster: string; breaker: string }[];
  trouble: Folded["trouble"];
  /** Cipher suites and TLS versions of connections that stood, by upstream. */
  tlsSeen: readonly SeenTls[];
  /** Reasons for parts that could not be inspected. */
  inspection: Inspected["failures"];
}

/** How an upstream was spoken to. */
export interface SeenTls {
  cluster: string;
  suite: string | null;
  version: string | null;
}

/** What a watch tells its owner. */
export interface WatchEvents {
  /** A poll came in: `folded` holds what happened since the one before. */
  onPoll(watch: ProxyWatch, folded: Folded, atMs: number): void;
  /** Something about who the proxy is, or what its configuration says, may have changed. */
  onFacts(): void;
  /** Its certificates were read. */
  onCertificates(watch: ProxyWatch, certificates: readonly HeldCertificate[], atMs: number): void;
  /** How often its process refused a new secret, by secret. */
  onRejections(watch: ProxyWatch, rejected: ReadonlyMap<string, number>, isNewProcess: boolean, atMs: number): void;
}

/** Polls one proxy for as long as it stands in the directory. */
export interface ProxyWatch {
  readonly admin: AdminClient;
  /** Takes over what the proxy's file says now; its address is still the same. */
  adopt(file: ProxyFile): void;
  known(): KnownProxy;
  /** The certificates that it holds; `null` until they were read. */
  certificates(): readonly HeldCertificate[] | null;
  observation(): Observation;
  start(): void;
  /** Gives up what is under way and waits for its end. */
  stop(): Promise<void>;
}

interface WatchOptions {
  file: ProxyFile;
  admin: AdminClient;
  intervalMs: number;
  clock: Clock;
  scheduler: Scheduler;
  /** Monotonic milliseconds at which the proxy was known not to be in the directory. */
  notThereAtMs: number;
  events: WatchEvents;
}

const UPSTREAMS_EVERY_MS = 5_000;
const AFTER_FAILURE_MS = 5_000;
/** Configuration and certificates are read when a counter says that they changed, and this often for the case that none did. */
const CONFIG_EVERY_MS = 60_000;
const NO_TROUBLE: Folded["trouble"] = { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 };

export function createProxyWatch(options: WatchOptions): ProxyWatch {
  const { admin, clock, scheduler, intervalMs, events } = options;
  let { file } = options;
  const book = createCounterBook();
  const routeSync = createRouteSync();
  const stopping = new AbortController();
  const readAtMs = new Map<InspectedPart, number>();
  const changes = { config: 0, certificates: 0 };
  /** Certificates are read once more: the counter of a new secret may rise a moment before `/certs` shows it. */
  let isCertsAgain = false;
  const seen = { inboundHttp: false, inboundTcp: false, outboundHttp: false };
  let inspected = NOT_INSPECTED;
  let observation: Observation = {
    lastSeenMs: null,
    answeredInMs: null,
    failure: null,
    life: null,
    serverState: null,
    sync: "unknown",
    rejectedRoutes: [],
    openBreakers: [],
    tlsSeen: [],
    trouble: NO_TROUBLE,
    inspection: inspected.failures,
  };
  let lastSeenAt: number | null = null;
  let failures = 0;
  let wasRefused = false;
  let pending: ScheduledTask | null = null;
  let running: Promise<void> = Promise.resolve();

  function known(): KnownProxy {
    const { identity, spiffeIds, config, upstreams } = inspected;
    return {
      id: file.id,
      host: URL.parse(file.address)?.hostname ?? "",
      knownAddresses: file.knownAddresses,
      identity,
      spiffeIds,
      config,
      upstreams,
      seen,
    };
  }

  /** Until the configuration is known the built-in statistics are read too: nobody knows yet whether they are needed. */
  function needsClusterStats(): boolean {
    return inspected.config === null || inspected.config.unlogged.size > 0;
  }

  async function poll(): Promise<void> {
    const startedAt = clock.monotonicMs();
    const before = {
      life: observation.life,
      sinceMs: startedAt - (lastSeenAt ?? options.notThereAtMs),
      hasFailed: failures > 0,
      wasRefused,
    };
    try {
      const reading = await readStats(admin, statsFilter({ withClusterStats: needsClusterStats() }), before, stopping.signal);
      if (stopping.signal.aborted) return;
      if (reading.ok) await take(reading.value);
      else fail(reading.error);
    } catch (cause) {
      // A mistake of ours about one proxy must not end the watch over it.
      fail(new WeftError("INTERNAL", `The answer of ${file.address} could not be worked with.`, { cause }));
    }
    if (!stopping.signal.aborted) schedule(startedAt);
  }

  function fail(error: WeftError): void {
    failures += 1;
    wasRefused = isConnectionRefused(error);
    observation = { ...observation, failure: error };
  }

  async function take(reading: StatsReading): Promise<void> {
    const atMs = clock.nowMs();
    const isNewProcess = reading.joining !== "continue";
    failures = 0;
    lastSeenAt = clock.monotonicMs();
    if (isNewProcess) readAtMs.clear();
    // Who it is must be known before its numbers can be put anywhere.
    if (isNewProcess || inspected.identity === null) await refresh(reading.life);
    const folded = book.fold(reading.text, reading.joining);
    note(folded, isNewProcess);
    observation = { ...observationOf(reading, folded, atMs), inspection: inspected.failures };
    if (stopping.signal.aborted) return;
    events.onRejections(watch, rejectionsIn(folded), isNewProcess, atMs);
    events.onPoll(watch, folded, atMs);
    await refresh(reading.life);
  }

  function note(folded: Folded, isNewProcess: boolean): void {
    routeSync.note(folded.read, isNewProcess);
    for (const series of folded.counted) {
      if (series.kind === "inbound") seen.inboundHttp = true;
      if (series.kind === "inbound-connection") seen.inboundTcp = true;
      if (series.kind === "outbound") seen.outboundHttp = true;
    }
    noteChange("config", sumOf(folded, ["config-change", "route-update"]), isNewProcess);
    noteChange("certificates", sumOf(folded, ["secret-change"]), isNewProcess);
  }

  function noteChange(part: keyof typeof changes, sum: number, isNewProcess: boolean): void {
    // What a new process says of itself was read after these statistics.
    const hasChanged = sum !== changes[part] && !isNewProcess;
    if (hasChanged || (part === "certificates" && isCertsAgain)) readAtMs.delete(part);
    if (part === "certificates") isCertsAgain = hasChanged;
    changes[part] = sum;
  }

  function observationOf(reading: StatsReading, { read, trouble }: Folded, atMs: number): Omit<Observation, "inspection"> {
    return {
      lastSeenMs: atMs,
      answeredInMs: reading.elapsedMs,
      failure: null,
      life: reading.life,
      serverState: read.find(({ series }) => series.kind === "state")?.value ?? null,
      sync: routeSync.sync,
      rejectedRoutes: routeSync.rejected,
      openBreakers: read.flatMap(({ series, value }) => (series.kind === "breaker" && value > 0 ? [series] : [])),
      tlsSeen: tlsSeenIn(read),
      trouble,
    };
  }

  async function refresh(life: ProcessLife): Promise<void> {
    const now = clock.monotonicMs();
    const due = new Set(PARTS.filter((part) => now - (readAtMs.get(part) ?? -Infinity) >= patience(part, inspected)));
    if (due.size === 0) return;
    const before = inspected;
    inspected = await inspect(admin, life.info, before, due, stopping.signal);
    for (const part of due) readAtMs.set(part, now);
    observation = { ...observation, inspection: inspected.failures };
    if (stopping.signal.aborted) return;
    if (isOtherProxy(before, inspected)) events.onFacts();
    const { certificates } = inspected;
    if (certificates !== null && certificates !== before.certificates) events.onCertificates(watch, certificates, clock.nowMs());
  }

  function schedule(startedAt: number): void {
    const answeredInMs = failures > 0 ? null : observation.answeredInMs;
    pending = scheduler.after(nextPollIn(intervalMs, { sinceStartMs: clock.monotonicMs() - startedAt, answeredInMs, failures }), run);
  }

  function run(): void {
    pending = null;
    running = poll();
  }

  const watch: ProxyWatch = {
    admin,
    adopt(newFile) {
      file = newFile;
    },
    known,
    certificates: () => inspected.certificates,
    observation: () => observation,
    start: run,
    async stop() {
      stopping.abort();
      pending?.cancel();
      await running;
    },
  };
  return watch;
}

/** Whether anything changed by which others tell who is who. The health of endpoints is none of it, and changes all the time. */
function isOtherProxy(before: Inspected, now: Inspected): boolean {
  return before.config !== now.config || namesIn(before) !== namesIn(now);
}

function namesIn({ identity, spiffeIds, upstreams }: Inspected): string {
  const addresses = upstreams?.map(({ name, host_statuses: hosts }) => [name, hosts.map((host) => host.address)]);
  return JSON.stringify([identity, spiffeIds, addresses]);
}

const PARTS: readonly InspectedPart[] = ["certificates", "config", "upstreams"];

function patience(part: InspectedPart, inspected: Inspected): number {
  if (part === "upstreams") return UPSTREAMS_EVERY_MS;
  return inspected.failures.get(part)?.isRetryable === true ? AFTER_FAILURE_MS : CONFIG_EVERY_MS;
}

function sumOf(folded: Folded, kinds: readonly Folded["read"][number]["series"]["kind"][]): number {
  return folded.read.reduce((sum, { series, value }) => (kinds.includes(series.kind) ? sum + value : sum), 0);
}

function tlsSeenIn(read: Folded["read"]): SeenTls[] {
  return read.flatMap(({ series, value }): SeenTls[] => {
    if (value === 0) return [];
    if (series.kind === "cipher") return [{ cluster: series.cluster, suite: series.suite, version: null }];
    return series.kind === "tls-version" ? [{ cluster: series.cluster, suite: null, version: series.version }] : [];
  });
}

function rejectionsIn({ read }: Folded): Map<string, number> {
  return new Map(read.flatMap(({ series, value }) => (series.kind === "secret-rejected" ? [[series.secret, value]] : [])));
}
