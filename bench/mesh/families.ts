import { endLabels, labelText, outcomeLabels, type Report } from "./labels.ts";
import { isUnheard, type Flow, type SyntheticMesh } from "./model.ts";
import { BOUNDS_MS, type Outcome } from "./outcomes.ts";
import { connectionReports, requestReports } from "./reports.ts";

/** One series: a counter that grows by the same amount in each step. */
export interface Series {
  /** Of the sample: `istio_requests_total`. */
  name: string;
  /** The text between the braces. */
  labels: string;
  perStep: number;
}

/** A metric with all its series, made one after the other: a large mesh has millions of bytes of them. */
export interface Family {
  /** Without the suffix of its samples. */
  name: string;
  type: "counter" | "histogram";
  series: () => Iterable<Series>;
}

/** A flow's outcome as one pod of one reporter tells it. */
interface Told {
  labels: string;
  outcome: Outcome;
  /** The pod's part: this many of that many. */
  pod: number;
  pods: number;
}

/** All series of a mesh, metric by metric. */
export function families(mesh: SyntheticMesh): Family[] {
  const counter = (name: string, tell: Tellers, amount: (one: Told) => number): Family => ({
    name,
    type: "counter",
    *series() {
      for (const one of tell(mesh)) {
        const perStep = amount(one);
        if (perStep > 0) yield { name: `${name}_total`, labels: one.labels, perStep };
      }
    },
  });
  return [
    counter("istio_requests", toldRequests, ({ outcome, pod, pods }) => part(outcome.perStep, pod, pods)),
    { name: "istio_request_duration_milliseconds", type: "histogram", series: () => durationSeries(mesh) },
    counter("istio_tcp_connections_opened", toldConnections, ({ outcome, pod, pods }) => part(outcome.perStep, pod, pods)),
    counter("istio_tcp_connections_closed", toldConnections, ({ outcome, pod, pods }) => part(outcome.perStep, pod, pods)),
    counter("istio_tcp_sent_bytes", toldConnections, ({ outcome, pod, pods }) => part(outcome.perStep, pod, pods) * 2_048),
    counter("istio_tcp_received_bytes", toldConnections, ({ outcome, pod, pods }) => part(outcome.perStep, pod, pods) * 512),
  ];
}

type Tellers = (mesh: SyntheticMesh) => Iterable<Told>;

function* durationSeries(mesh: SyntheticMesh): Generator<Series> {
  const name = "istio_request_duration_milliseconds";
  const bounds = [...BOUNDS_MS.map(String), "+Inf"];
  for (const { labels, outcome, pod, pods } of toldRequests(mesh)) {
    const count = part(outcome.perStep, pod, pods);
    if (count === 0) continue;
    let below = 0;
    for (const [index, le] of bounds.entries()) {
      below += outcome.durations[index] ?? 0;
      // Rounded where buckets are summed up, so that the last one is the count.
      yield { name: `${name}_bucket`, labels: `${labels},le="${le}"`, perStep: part(below, pod, pods) };
    }
    yield { name: `${name}_sum`, labels, perStep: (outcome.sumMs * count) / outcome.perStep };
    yield { name: `${name}_count`, labels, perStep: count };
  }
}

type Reports = (flow: Flow, outcome: Outcome) => Report[];

const toldRequests: Tellers = (mesh) => told(mesh, requestReports);
const toldConnections: Tellers = (mesh) => told(mesh, connectionReports);

/** Whatever two flows would write under the same labels is one series: those come last, added up. */
function* told(mesh: SyntheticMesh, reports: Reports): Generator<Told> {
  const merged = new Map<string, Told>();
  for (const flow of mesh.flows) {
    for (const outcome of flow.outcomes) {
      for (const report of reports(flow, outcome)) {
        const mayRepeat = report.isTunnel || report.source === null || report.destination === null || mesh.knobs.removedLabels.length > 0;
        for (const one of podsOf(mesh, flow, outcome, report)) {
          if (mayRepeat) merged.set(one.labels, added(merged.get(one.labels), one));
          else yield one;
        }
      }
    }
  }
  yield* merged.values();
}

function added(known: Told | undefined, more: Told): Told {
  if (known === undefined) return more;
  const [a, b] = [known.outcome, more.outcome];
  const durations = a.durations.map((count, index) => count + (b.durations[index] ?? 0));
  return { ...known, outcome: { ...a, perStep: a.perStep + b.perStep, durations, sumMs: a.sumMs + b.sumMs } };
}

function* podsOf({ knobs }: SyntheticMesh, flow: Flow, outcome: Outcome, report: Report): Generator<Told> {
  const isSource = report.reporter === "source";
  const speaker = isSource ? report.source : report.destination;
  const cluster = isSource ? flow.sourceCluster : flow.targetCluster;
  if (isUnheard(cluster, knobs)) return;
  const mesh = knobs.name === null ? "" : `mesh="${knobs.name}",`;
  const labels = labelText([...endLabels(flow, report), ...outcomeLabels(flow, outcome, report)], new Set(knobs.removedLabels));
  for (let pod = 0; pod < knobs.pods; pod++) {
    const name = report.isTunnel ? `ztunnel-${pod}` : `${speaker?.name ?? "unknown"}-${pod}`;
    const scraped = `${mesh}cluster="${cluster}",namespace="${speaker?.namespace ?? "unknown"}",pod="${name}"`;
    yield { labels: `${scraped},${labels}`, outcome, pod, pods: knobs.pods };
  }
}

/** A whole number cut into whole parts that add up to it. A larger number has no smaller part. */
function part(whole: number, index: number, parts: number): number {
  return Math.floor((whole + index) / parts);
}
