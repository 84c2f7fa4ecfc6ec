import { loadavg } from "node:os";

import parsePackage from "parse-prometheus-text-format";

import type { Placed } from "#collectors/shared/exposition/layout.ts";
import { ExpositionScanner } from "#collectors/shared/exposition/scan.ts";

import type { Benchmark } from "./benchmark.ts";
import { cpuSeconds, hundredths, quantile } from "./measure.ts";
import { randomFrom } from "./traffic/random.ts";

const MIB = 1024 * 1024;
const ROUNDS = 5;
/** Of ten counters this many grew between two scrapes. */
const GROWING = 0.3;
/** Share of the series that is new in a scrape, and as many are gone: what a rollout does. */
const CHURN = 0.01;

interface Line {
  series: string;
  value: number;
}

/** Keeps what is read alive and used, so that no compiler may leave the work out. */
let seen = 0;

const labelsOf = (side: string, number: number): string =>
  `${side}_workload="service-${number}-deployment",${side}_workload_namespace="namespace-${number % 20}",${side}_principal="spiffe://cluster.local/ns/namespace-${number % 20}/sa/service-${number}",` +
  `${side}_app="service-${number}",${side}_version="v1",${side}_cluster="Kubernetes",${side}_canonical_service="service-${number}",${side}_canonical_revision="v1"`;

/** A sample as a mesh's sidecar writes it: about a thousand bytes of labels. */
function meshSeries(index: number): string {
  const [a, b] = [index % 97, Math.floor(index / 97)];
  return (
    `istio_request_duration_milliseconds_bucket{reporter="destination",${labelsOf("source", a)},${labelsOf("destination", b)},` +
    `destination_service="service-${b}.namespace-${b % 20}.svc.cluster.local",destination_service_name="service-${b}",destination_service_namespace="namespace-${b % 20}",` +
    `request_protocol="http",response_code="200",grpc_response_status="",response_flags="-",connection_security_policy="mutual_tls",component="proxy",le="${index % 20}"}`
  );
}

/** Short lines of which none shares its labels with the one before: as hard for the scanner as they come. */
function mixedSeries(index: number): string {
  return `envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="outbound|8080||service-${Math.floor(index / 20)}.namespace-${index % 7}",le="${(index % 20) * 5}"}`;
}

const BOUNDS = 20;
/** The short lines of a proxy's own statistics as it writes them: the bounds of one cluster's histogram, its sum and its count, then the next one's. */
function proxySeries(index: number): string {
  const number = Math.floor(index / (BOUNDS + 2));
  const at = index % (BOUNDS + 2);
  const cluster = `envoy_cluster_name="outbound|8080||service-${number}.namespace-${number % 7}"`;
  if (at < BOUNDS) return `envoy_cluster_upstream_rq_time_bucket{${cluster},le="${at * 5}"}`;
  return `envoy_cluster_upstream_rq_time_${at === BOUNDS ? "sum" : "count"}{${cluster}}`;
}

const FAMILIES = 100;
const CLUSTERS = 900;
/** A proxy that is asked for everything: a hundred families, of which three are read. */
function everySeries(index: number): string {
  const family = Math.floor(index / CLUSTERS) % FAMILIES;
  return `envoy_cluster_upstream_statistic_${family}{envoy_cluster_name="outbound|8080||service-${index % CLUSTERS}.namespace-${index % 7}"}`;
}

function isRead(name: string): boolean {
  return /_[369]0$/.test(name);
}

function linesOf(seriesOf: (index: number) => string, bytes: number): Line[] {
  const random = randomFrom(1);
  const lines: Line[] = [];
  for (let size = 0, index = 0; size < bytes; index++) {
    const line = { series: seriesOf(index), value: Math.floor(random() * 1e6) };
    size += line.series.length + 8;
    lines.push(line);
  }
  return lines;
}

function written(lines: readonly Line[]): Buffer {
  const text = lines.map(({ series, value }, index) => `${index % 500 === 0 ? "# TYPE a counter\n" : ""}${series} ${value}\n`).join("");
  return Buffer.from(text);
}

type Wants = ((name: string) => boolean) | undefined;

interface Workload {
  name: string;
  seriesOf: (index: number) => string;
  bytes: number;
  wants: Wants;
}

interface Handle extends Placed {
  bound: number;
}

/** What a collector does with a series that it meets: it reads its labels, once, and makes something of its own of them. */
class Reader {
  readonly #scanner = new ExpositionScanner<Handle>();
  readonly #wants: Wants;

  constructor(wants: Wants) {
    this.#wants = wants;
  }

  read(exposition: Buffer | string): void {
    this.#scanner.scan(exposition, {
      wants: this.#wants,
      open: ({ name, labels }) => ({ bound: name.length + (labels["le"]?.length ?? 0), line: 0 }),
      sample(handle, value) {
        seen += handle.bound + value;
      },
    });
  }
}

/** Scrapes that follow one another; each is kept, as the bytes of an answer are. */
function scrapes(lines: readonly Line[], kind: "steady" | "churn" | "shuffled", seriesOf: (index: number) => string): Buffer[] {
  const random = randomFrom(2);
  let now = [...lines];
  let fresh = lines.length;
  return Array.from({ length: ROUNDS + 1 }, () => {
    now = now.map((line) => (random() < GROWING ? { ...line, value: line.value + Math.floor(random() * 100) } : line));
    if (kind === "churn") {
      now = now.flatMap((line) => {
        if (random() >= CHURN) return [line];
        return random() < 0.5 ? [] : [line, { series: seriesOf(fresh++), value: 1 }];
      });
    }
    if (kind === "shuffled") now = now.toSorted(() => random() - 0.5);
    return written(now);
  });
}

/** CPU seconds that each scrape after the first takes. */
async function timesOf(all: readonly Buffer[], wants: Wants): Promise<number[]> {
  const reader = new Reader(wants);
  const times: number[] = [];
  for (const bytes of all) times.push(await cpuSeconds(() => reader.read(bytes)));
  return times.slice(1);
}

async function measure({ seriesOf, bytes, wants }: Workload): Promise<Record<string, number>> {
  const lines = linesOf(seriesOf, bytes);
  const first = written(lines);
  const text = first.toString();
  const reference: number[] = [];
  const cold: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const slow = await cpuSeconds(() => {
      seen += parsePackage(text).length;
    });
    const quick = await cpuSeconds(() => new Reader(wants).read(text));
    // The first round only warms up.
    if (round > 0) [reference[round - 1], cold[round - 1]] = [slow, quick];
  }
  const middle = quantile(
    reference.map((seconds) => seconds * 1_000),
    0.5,
  );
  const ratio = (times: readonly number[]): number => hundredths(middle / quantileMs(times));
  const speeds: Record<string, number> = { samples: lines.length, referenceMs: middle, firstMs: quantileMs(cold), firstRatio: ratio(cold) };
  for (const kind of ["steady", "churn", "shuffled"] as const) {
    const all = scrapes(lines, kind, seriesOf);
    // A collector has run for long: the first time only warms up.
    await timesOf(all, wants);
    const times = await timesOf(all, wants);
    speeds[`${kind}Ms`] = quantileMs(times);
    speeds[`${kind}Ratio`] = ratio(times);
  }
  return speeds;
}

function quantileMs(seconds: readonly number[]): number {
  return quantile(
    seconds.map((one) => one * 1_000),
    0.5,
  );
}

const WORKLOADS: readonly Workload[] = [
  { name: "mesh1", seriesOf: meshSeries, bytes: MIB, wants: undefined },
  { name: "mesh10", seriesOf: meshSeries, bytes: 10 * MIB, wants: undefined },
  { name: "proxy10", seriesOf: proxySeries, bytes: 10 * MIB, wants: undefined },
  { name: "mixed10", seriesOf: mixedSeries, bytes: 10 * MIB, wants: undefined },
  { name: "read10", seriesOf: everySeries, bytes: 10 * MIB, wants: isRead },
];

/**
 * How much less CPU an exposition takes than with parse-prometheus-text-format. Both are given the same text and hand out
 * every finite sample with its name, an object of its labels and its value (the package as a text); the package keeps them
 * all in a list, the scanner gives each series once to whoever opens it, and its numbers after that. In `read10` alone the
 * scanner is told which families are read: of the other 97 in 100 it checks the lines and takes nothing apart.
 *
 * `first`: a scrape without one before it; `steady`: 30 of 100 values changed; `churn`: one series in a hundred came or went
 * as well; `shuffled`: all in another order; these three from bytes, as the steady business of a collector. Ratios: more is better.
 */
export const scan: Benchmark = {
  name: "scan",
  async run() {
    const figures: Record<string, number> = { rounds: ROUNDS };
    for (const workload of WORKLOADS) {
      for (const [key, value] of Object.entries(await measure(workload))) {
        figures[`${workload.name}${key.charAt(0).toUpperCase()}${key.slice(1)}`] = value;
      }
    }
    if (seen === 0) throw new Error("nothing was read");
    return { ...figures, firstRatioGoal: 10, steadyRatioGoal: 30, loadAverage: hundredths(loadavg()[0] ?? 0) };
  },
};
