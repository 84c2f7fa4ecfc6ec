import { RepeatedLook } from "#collectors/shared/repeated-look.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { SecuritySource } from "#lib/ports/security.ts";
import type { Feed, TopologySource } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import { err, ok, WeftError } from "#lib/model/errors.ts";
import { unknownId } from "#lib/model/ids.ts";

import { createAdminClient } from "./admin/client.ts";
import { readProxyDetail } from "./detail/proxy-detail.ts";
import { createProxyDirectory, type DirectoryReading, type ProxyFile } from "./directory.ts";
import { createMeshView, type MeshView, type Target } from "./identity/mesh-view.ts";
import { createProxyWatch, type ProxyWatch, type WatchEvents } from "./polling/proxy-watch.ts";
import { buildSecurity } from "./security/security-answer.ts";
import { createSecretLog } from "./security/secret-log.ts";
import { createSecurityBook } from "./security/security-book.ts";
import type { WatchedHolder } from "./security/watched-holder.ts";
import { createStatusBoard } from "./status.ts";
import { directoryNotices } from "./topology/notices.ts";
import { buildTopology } from "./topology/topology.ts";
import { learnProtocols, mapTraffic, type Arrival } from "./traffic/mapper.ts";
import { createProtocolHints } from "./traffic/protocol-hints.ts";

/** What the source needs. */
export interface EnvoySourceOptions {
  id: string;
  /** Folder of `*.json` files, one per proxy; it may come later, and its files may come and go. */
  proxiesDir: string;
  /** How often each proxy's statistics are read, milliseconds. */
  pollIntervalMs?: number;
  /** Where traffic is written. */
  store: SeriesStore;
  clock: Clock;
  scheduler: Scheduler;
  http: HttpFetcher;
}

/** The source, and what only its sister for routes needs of it. */
export interface EnvoySource extends Feed, TopologySource, SecuritySource {
  /** The service behind a target name, when every proxy that knows the name means the same one; else `null`. */
  targetOf(cluster: string): Target | null;
}

const DEFAULT_INTERVAL_MS = 1_000;
/** Two seconds tell a slow proxy from a frozen one. */
const TIMEOUT_MS = 2_000;

/**
 * Reads a mesh of Envoys through their admin addresses. As a `Feed` it polls every proxy for itself, so that a slow one
 * holds up nobody, and writes traffic by the counting rule of the model. As a `TopologySource` it tells services, versions,
 * proxies and declared transport; as a `SecuritySource` who called whom and how, who was refused, certificates and rights,
 * remembered for a day. Both are empty until the first proxy answered. Errors: only `proxy` fails, with NOT_FOUND for an id
 * that is not in the directory; everything else that goes wrong is a state, a notice or a finding.
 */
export function createEnvoySource(options: EnvoySourceOptions): EnvoySource {
  const { id, store, clock, scheduler, http } = options;
  const intervalMs = options.pollIntervalMs ?? DEFAULT_INTERVAL_MS;
  const directory = createProxyDirectory(options.proxiesDir);
  const hints = createProtocolHints();
  const board = createStatusBoard({ id, address: options.proxiesDir, clock });
  const secrets = createSecretLog();
  const book = createSecurityBook((nodeId, atMs) => secrets.hasOnlyEnded(nodeId, atMs));
  const watches = new Map<string, ProxyWatch>();
  const ending = new Set<Promise<void>>();
  let reading: DirectoryReading | null = null;
  /** When the directory was last read, by the monotonic clock; `null` = not since the start. */
  let readAt: number | null = null;
  let mesh: MeshView | null = null;
  const looking = new RepeatedLook({ look, intervalMs, clock, scheduler });

  const events: WatchEvents = {
    onPoll(watch, folded, atMs) {
      const known = watch.known();
      learnProtocols(known, folded.unseen, currentMesh(), hints);
      store.markReported(atMs);
      const arrivals: Arrival[] = [];
      const samples = mapTraffic(known, folded, currentMesh(), hints, atMs, (arrival) => arrivals.push(arrival));
      if (samples.length > 0) store.record(samples);
      book.note(known, folded, currentMesh(), arrivals, atMs);
    },
    onCertificates(watch, certificates, atMs) {
      secrets.noteCertificates(holderOf(watch), certificates, atMs);
    },
    onRejections(watch, rejected, isNewProcess, atMs) {
      secrets.noteRejections(holderOf(watch), rejected, isNewProcess, atMs);
    },
    onFacts() {
      mesh = null;
    },
  };

  /** Built anew after a change only: it is asked for with every poll. */
  function currentMesh(): MeshView {
    mesh ??= createMeshView([...watches.values()].map((watch) => watch.known()));
    return mesh;
  }

  async function look(signal: AbortSignal): Promise<void> {
    const startedAt = clock.monotonicMs();
    const next = await directory.read();
    if (signal.aborted) return;
    follow(next, readAt ?? startedAt);
    reading = next;
    readAt = startedAt;
  }

  function follow({ proxies }: DirectoryReading, notThereAtMs: number): void {
    const known = new Set(reading?.proxies);
    if (proxies.some((file) => !known.has(file))) mesh = null;
    const wanted = new Map(proxies.map((file) => [file.id, file]));
    for (const [proxyId, watch] of watches) {
      const file = wanted.get(proxyId);
      if (file?.address === watch.admin.address) {
        watch.adopt(file);
        continue;
      }
      watches.delete(proxyId);
      if (file === undefined) secrets.forget(proxyId);
      const end = watch.stop().finally(() => ending.delete(end));
      ending.add(end);
      mesh = null;
    }
    for (const file of wanted.values()) {
      if (!watches.has(file.id)) watchProxy(file, notThereAtMs);
    }
  }

  function watchProxy(file: ProxyFile, notThereAtMs: number): void {
    const admin = createAdminClient({ address: file.address, http, timeoutMs: TIMEOUT_MS });
    const watch = createProxyWatch({ file, admin, intervalMs, clock, scheduler, notThereAtMs, events });
    watches.set(file.id, watch);
    mesh = null;
    watch.start();
  }

  function watched(): WatchedHolder[] {
    return [...watches.values()].map((watch) => ({
      known: watch.known(),
      observation: watch.observation(),
      certificates: watch.certificates(),
    }));
  }

  return {
    id,
    reportMs: intervalMs,
    start: () => looking.start(),
    async stop() {
      await looking.stop();
      readAt = null;
      const stopped = [...watches.values()].map((watch) => watch.stop());
      watches.clear();
      mesh = null;
      await Promise.all([...stopped, ...ending]);
    },
    targetOf(cluster) {
      const knowing = [...watches.values()].map((watch) => watch.known()).filter((known) => known.config?.clusters.has(cluster));
      const targets = knowing.map((known) => currentMesh().target(known, cluster));
      const [first] = targets;
      const isAgreed = targets.every((one) => one?.nodeId === first?.nodeId && one?.version === first?.version);
      return first !== undefined && isAgreed ? first : null;
    },
    status: () => board.status({ watched: watched(), reading, intervalMs }),
    async topology() {
      const findings = directoryNotices(id, reading);
      return ok(buildTopology({ sourceId: id, watched: watched(), mesh: currentMesh(), findings, nowMs: clock.nowMs(), intervalMs }));
    },
    async security(window) {
      const findings = directoryNotices(id, reading);
      const nowMs = clock.nowMs();
      const input = { watched: watched(), mesh: currentMesh(), book, secrets, findings, window, nowMs, intervalMs };
      return ok(buildSecurity({ sourceId: id, ...input }));
    },
    refusals(window) {
      const nowMs = clock.nowMs();
      return book.refusals(book.covered(window, nowMs), nowMs);
    },
    async proxy(proxyId, signal) {
      const watch = watches.get(proxyId);
      if (watch === undefined) {
        const mend = "Open the list of proxies; one whose file was removed is no longer there.";
        return err(
          new WeftError("NOT_FOUND", `There is no proxy ${JSON.stringify(proxyId)} in the directory.`, { field: "id", mend, sourceId: id }),
        );
      }
      return ok(await readProxyDetail({ sourceId: id, watch, mesh: currentMesh(), nowMs: clock.nowMs(), intervalMs, signal }));
    },
  };
}

function holderOf(watch: ProxyWatch): { id: string; nodeId: string } {
  const { id, identity } = watch.known();
  return { id, nodeId: identity?.nodeId ?? unknownId(id) };
}
