import { SPANS_ID, type SourceState, type SourceStatus } from "#lib/model/source.ts";
import type { Clock } from "#lib/ports/time.ts";

import { MANNERS, type RefusalCause } from "./refusal.ts";
import { OVERFLOW_SERVICE } from "./service-names.ts";
import type { IngestStats } from "./stats.ts";

type Finding = SourceStatus["findings"][number];

/** Where senders may send, as they write it; `null` = that way is closed. */
export interface IngestAddresses {
  http: string | null;
  grpc: string | null;
  zipkin: string | null;
}

const GIVES = ["traces: search, trace pages, comparison and exemplars", "calls, errors and durations that only spans tell of"];
const DIMS = ["new spans: senders are refused and should try again", "what spans tell the map, from now on"];
/** Trouble this old no longer makes the source degraded; its finding stays. */
const TROUBLE_MS = 60_000;

/**
 * Says how the intake stands. `healthy` from the first moment its ports are open: it is a receiver, and one that nobody
 * sends to works as it should; a finding says what to point at it. `degraded` while something is being lost or refused
 * (within the last minute), the store cannot write, or services are counted together. `down` = its thread died.
 */
export function createIngestStatus(
  addresses: IngestAddresses,
  clock: Clock,
  mostServices: number,
): (stats: IngestStats, down: string | null) => SourceStatus {
  let since = { state: "healthy" as SourceState, atMs: clock.nowMs() };
  const open = Object.values(addresses).filter((address) => address !== null).length;

  return (stats, down) => {
    const nowMs = clock.nowMs();
    const state = stateOf(stats, down, nowMs);
    if (state !== since.state) since = { state, atMs: nowMs };
    const findings = findingsOf(stats, addresses, mostServices);
    const isStuck = down === null && stats.storeError !== null;
    return {
      id: SPANS_ID,
      kind: "otlp",
      state,
      since: new Date(since.atMs).toISOString(),
      address: describe(addresses).join(", "),
      gives: GIVES,
      dims: down === null && !isStuck ? [] : DIMS,
      newestData: stats.lastSpanAtMs === null ? null : new Date(stats.lastSpanAtMs).toISOString(),
      // Nobody asks a receiver anything.
      answeredInMs: null,
      coverage: { n: down === null ? open : 0, of: open },
      lastError: down ?? stats.storeError,
      mend: down === null ? (isStuck ? ROOM : null) : "It is started again by itself; should it keep ending, look into Weft's log",
      findings,
    };
  };
}

const ROOM = "Free room in the data directory, or give Weft the right to write there";

function stateOf(stats: IngestStats, down: string | null, nowMs: number): SourceState {
  if (down !== null) return "down";
  const isTroubled = stats.lastTroubleAtMs !== null && nowMs - stats.lastTroubleAtMs < TROUBLE_MS;
  return stats.storeError !== null || stats.overflowSpans > 0 || isTroubled ? "degraded" : "healthy";
}

function describe({ http, grpc, zipkin }: IngestAddresses): string[] {
  return [
    http === null ? [] : [`OTLP/HTTP ${http}`],
    grpc === null ? [] : [`OTLP/gRPC ${grpc}`],
    zipkin === null ? [] : [`Zipkin ${zipkin}`],
  ].flat();
}

function findingsOf(stats: IngestStats, addresses: IngestAddresses, mostServices: number): Finding[] {
  const { counts, store } = stats;
  const findings: Finding[] = [];
  const say = (subject: string, text: string, mend: string | null = null): void => void findings.push({ subject, text, mend });

  if (counts.requests === 0) {
    say("senders", "Nothing was sent yet.", `Point exporters at ${describe(addresses).join(", ")}`);
  }
  if (stats.storeError !== null) {
    say("store", `${stats.storeError}. Senders are told to try again; what was acknowledged before is there.`, ROOM);
  }
  if (!store.isDurable) {
    say("store", "Spans are not durable: they are kept in memory only, and a restart loses them.", "Start Weft without --memory");
  }
  if (store.damage !== null)
    say("store", store.damage, "New spans are kept all the same; delete the file, or keep it if it is to be saved");
  if (counts.rejected > 0) {
    const reasons = stats.reasons.map((reason) => ` ${reason}`).join("");
    say("spans", `${number(counts.rejected, "span was", "spans were")} rejected, and their senders were told why.${reasons}`, REJECTED);
  }
  for (const cause of Object.keys(counts.refused) as RefusalCause[]) {
    const refused = counts.refused[cause];
    if (refused > 0) say("requests", `${number(refused, "request was", "requests were")} refused: ${MANNERS[cause].why}.`, MENDS[cause]);
  }
  if (stats.overflowSpans > 0) {
    const text = `Senders named more than ${mostServices.toLocaleString("en")} services; ${number(stats.overflowSpans, "span is", "spans are")} counted under ${OVERFLOW_SERVICE} on the map. Their traces are kept whole.`;
    say("services", text, "Find the sender that puts ids into service.name");
  }
  if (counts.metricPoints > 0 || counts.logRecords > 0) {
    const points = number(counts.metricPoints, "metric data point", "metric data points");
    const logs = number(counts.logRecords, "log record", "log records");
    say("metrics and logs", `${points} and ${logs} were accepted and counted; Weft keeps traces only.`);
  }
  if (stats.isRetaining || store.removed > 0) {
    const oldest = store.oldestMs === null ? "" : `; the oldest that is kept started at ${new Date(store.oldestMs).toISOString()}`;
    say("retention", `${number(store.removed, "span was", "spans were")} removed to stay within the bounds${oldest}.`);
  }
  return findings;
}

const REJECTED = "Correct the senders: the reasons stand here and in their own logs";
const TRIED_AGAIN = "Nothing is lost while senders try again";

const MENDS: Record<RefusalCause, string> = {
  browser: "Let pages send to a Collector of your own, and that one to Weft",
  method: "Let the sender use POST",
  malformed: "Let the sender write OTLP (protobuf or JSON) or Zipkin v2 JSON, each to its own port",
  slow: "Let the sender put fewer spans into one request, or look for what slows its way to Weft",
  unfinished: "Raise the timeout of the exporter, or look for what breaks its connections off",
  store: ROOM,
  stopping: `${TRIED_AGAIN}; it is over once Weft runs again`,
  path: "Give exporters the address without a path, or with /v1/traces",
  type: "Let the sender use application/x-protobuf or application/json, compressed with gzip or not at all",
  large: "Let the sender put fewer spans into one request",
  ratio: "Let the sender put fewer spans into one request",
  busy: `${TRIED_AGAIN}; should it last, let them sample`,
};

function number(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
