import type { FoldedTraffic } from "#collectors/shared/promql/dialect.ts";
import type { Notice } from "#lib/model/evidence.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { TrafficRow } from "#lib/ports/series-store.ts";
import { histogramTotal } from "#lib/red/histogram.ts";
import { addTraffic } from "#lib/red/traffic.ts";

import { createMeshView } from "../identity/mesh-view.ts";
import type { Delta } from "../stats/counter-book.ts";
import { learnProtocols, mapTraffic } from "../traffic/mapper.ts";
import { createProtocolHints } from "../traffic/protocol-hints.ts";
import { knownProxies } from "./known-proxies.ts";
import type { ProxyLabels } from "./labels.ts";
import { toldProxies, type Answers, type ToldProxy } from "./told-proxies.ts";
import { keyText } from "#lib/red/key-text.ts";

/**
 * Puts the answers together by the counting rule, with the mapping that a proxy's own statistics go through: where the
 * recommended logger is, the destination's first attempts and what never arrived; elsewhere what callers count.
 */
export function foldMetrics(answers: Answers, labels: ProxyLabels): FoldedTraffic {
  const told = toldProxies(answers, labels);
  const known = knownProxies(told, labels);
  const mesh = createMeshView(known);
  const hints = createProtocolHints();
  for (const [index, proxy] of known.entries()) learnProtocols(proxy, told[index]?.counted ?? [], mesh, hints);

  const built = new Set(
    told.filter((one, index) => {
      const proxy = known[index];
      return proxy !== undefined && isBuiltInOnly(one, (cluster) => mesh.target(proxy, cluster) !== null);
    }),
  );
  const rowsOf = (deltasOf: (one: ToldProxy) => Delta[]): Map<string, TrafficRow> => {
    const rows = new Map<string, TrafficRow>();
    for (const [index, proxy] of known.entries()) {
      const one = told[index];
      if (one === undefined) continue;
      for (const { key, traffic } of mapTraffic(proxy, { deltas: deltasOf(one), counted: one.counted, read: [] }, mesh, hints, 0)) {
        const name = keyText(key);
        const before = rows.get(name);
        const isUntold = built.has(one) && key.reporter === "source" && key.protocol !== "tcp";
        const own = isUntold ? { ...traffic, countsAttempts: true as const } : traffic;
        rows.set(name, { key, traffic: before === undefined ? own : addTraffic(before.traffic, own) });
      }
    }
    return rows;
  };
  const rows = rowsOf(({ grown }) => grown);
  const sums = rowsOf((one) => one.sums);
  const durations = rowsOf((one) => one.durations);
  return {
    rows: [...rows].map(([name, { key, traffic }]) => {
      const count = durationsIn(durations.get(name));
      const whole = rounded(traffic);
      return { key, traffic: count > 0 ? { ...whole, durations: { sumMs: durationsIn(sums.get(name)), count } } : whole };
    }),
    notices: noticesOf(told, [...built]),
  };
}

/** Sums and numbers of durations go through the mapping as growth of the bound that holds all of them. */
function durationsIn(row: TrafficRow | undefined): number {
  const latency = row?.traffic.latency ?? null;
  return latency === null ? 0 : histogramTotal(latency);
}

/** Growth over a range is extrapolated and has fractions; only the sums are rounded. */
function rounded(traffic: EdgeTraffic): EdgeTraffic {
  const count = Math.round(traffic.count);
  const callerCount = Math.round(traffic.callerCount);
  const { mutual, oneWay, plaintext } = traffic.transport;
  return {
    ...traffic,
    count,
    errorCount: Math.min(Math.round(traffic.errorCount), count),
    retries: Math.round(traffic.retries),
    neverArrived: Math.min(Math.round(traffic.neverArrived), count),
    callerCount,
    callerErrorCount: Math.min(Math.round(traffic.callerErrorCount), callerCount),
    transport: { mutual: Math.round(mutual), oneWay: Math.round(oneWay), plaintext: Math.round(plaintext) },
    flags: Object.fromEntries(Object.entries(traffic.flags).map(([flag, by]) => [flag, Math.round(by)])),
  };
}

/** Whether a proxy counts by its built-in statistics alone what it sends to services; its own application is none. */
function isBuiltInOnly({ counted, grown }: ToldProxy, isService: (cluster: string) => boolean): boolean {
  if (counted.some(({ kind }) => kind === "outbound")) return false;
  return grown.some(({ series }) => series.kind === "cluster-class" && isService(series.cluster));
}

function noticesOf(told: readonly ToldProxy[], built: readonly ToldProxy[]): Notice[] {
  const notices: Notice[] = [];
  if (built.length > 0) {
    notices.push({
      level: "info",
      code: "ENVOY_BUILT_IN_ONLY",
      text: `${few(built)} tell their requests only by Envoy's built-in statistics: retries, and what never arrived, cannot be told apart from other answers, and how requests travelled is not known.`,
      source: null,
      mend: "Add the access logger of collectors/envoy/README.md to their inbound and outbound listeners, and let Prometheus keep envoy_weft_*.",
    });
  }
  const jobs = told.filter(({ identity }) => identity.namedBy === "job");
  if (jobs.length > 0) {
    notices.push({
      level: "warning",
      code: "ENVOY_NAMED_BY_JOB",
      text: `The proxies of ${few(jobs)} have no label that names their service; they are called by the job that scrapes them, and services of one job are one.`,
      source: null,
      mend: "Relabel the targets with weft_service and weft_namespace, or name the labels that hold them.",
    });
  }
  return notices;
}

const SHOWN = 3;

function few(told: readonly ToldProxy[]): string {
  const names = [...new Set(told.map(({ identity }) => identity.nodeId))].toSorted();
  const more = names.length - SHOWN;
  return more > 0 ? `${names.slice(0, SHOWN).join(", ")} and ${more} more` : names.join(", ");
}
