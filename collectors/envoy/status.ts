import type { SourceState, SourceStatus } from "#lib/model/source.ts";
import type { Proxy } from "#lib/model/topology.ts";
import type { Clock } from "#lib/ports/time.ts";

import { NO_PROXY, type DirectoryReading } from "./directory.ts";
import { isHeard, proxyOf } from "./topology/proxy-state.ts";
import type { Watched } from "./topology/watched.ts";

type Finding = SourceStatus["findings"][number];

const GIVES = [
  "requests, errors and durations by edge and version",
  "retries, requests that never arrived and response flags",
  "TLS observed and declared",
  "services, versions and proxies",
  "callers by identity, refused connections, certificates and authorization",
  "endpoints, ejections and open breakers",
];

interface StatusInput {
  watched: readonly Watched[];
  /** `null` = the directory was not read yet. */
  reading: DirectoryReading | null;
  intervalMs: number;
}

/** Says how the source stands, and since when. */
export function createStatusBoard(about: { id: string; address: string; clock: Clock }): { status(input: StatusInput): SourceStatus } {
  let since = { state: "starting" as SourceState, atMs: about.clock.nowMs() };
  return {
    status(input) {
      const nowMs = about.clock.nowMs();
      const proxies = input.watched.map(({ known, observation }) => proxyOf(known, observation, { nowMs, intervalMs: input.intervalMs }));
      const heard = proxies.filter(isHeard);
      const findings = findingsOf(input, proxies);
      const state = stateOf(input, proxies.length, heard.length, findings.length);
      if (state !== since.state) since = { state, atMs: nowMs };
      const silent = proxies.filter((proxy) => !isHeard(proxy));
      const lastError = input.reading?.isReadable === false ? input.reading.findings[0]?.text : silent[0]?.reason;
      return {
        id: about.id,
        kind: "envoy",
        state,
        since: new Date(since.atMs).toISOString(),
        address: about.address,
        gives: GIVES,
        dims: dimsOf(state, silent),
        newestData: newest(proxies),
        answeredInMs: median(heard.flatMap((proxy) => (proxy.answeredInMs === null ? [] : [proxy.answeredInMs]))),
        coverage: { n: heard.length, of: proxies.length },
        lastError: lastError ?? null,
        mend: findings.find((finding) => finding.mend !== null)?.mend ?? null,
        findings,
      };
    },
  };
}

function stateOf({ reading, watched }: StatusInput, of: number, n: number, findings: number): SourceState {
  if (reading === null) return "starting";
  if (n === 0 && watched.some(({ observation }) => observation.failure === null && observation.lastSeenMs === null)) return "starting";
  if (n === 0) return "down";
  return n < of || findings > 0 ? "degraded" : "healthy";
}

function dimsOf(state: SourceState, silent: readonly Proxy[]): string[] {
  if (state === "starting" || state === "down") return ["every number on the map, services, proxies"];
  return silent.map(
    (proxy) =>
      `what ${proxy.id} would tell: calls to ${proxy.service}${proxy.version === null ? "" : ` ${proxy.version}`} that it took in, and its own calls`,
  );
}

function findingsOf({ reading, watched }: StatusInput, proxies: readonly Proxy[]): Finding[] {
  const isEmpty = reading?.isReadable === true && reading.proxies.length === 0 && reading.findings.length === 0;
  const files = (isEmpty ? [NO_PROXY] : (reading?.findings ?? [])).map(({ subject, text, mend }) => ({ subject, text, mend }));
  return [...files, ...proxies.flatMap((proxy) => silence(proxy)), ...watched.flatMap(troubles), ...proxies.flatMap(gapFindings)];
}

function silence(proxy: Proxy): Finding[] {
  if (isHeard(proxy)) return [];
  return [
    {
      subject: proxy.id,
      text: `${proxy.id} is ${proxy.state}: ${proxy.reason ?? "it gave no reason."}`,
      mend: "Start the proxy, or remove its file when it is gone for good.",
    },
  ];
}

/** For parts of which nobody said how they are mended. */
const LOOK_AGAIN = "It is asked again by itself; should it last, see whether its admin address answers, and how fast.";

/** What a proxy answered in parts. */
function troubles({ known, observation }: Watched): Finding[] {
  const { trouble, inspection } = observation;
  const parts = [...inspection.values()].map((error) => ({ subject: known.id, text: error.message, mend: error.mend ?? LOOK_AGAIN }));
  const lines = trouble.malformed === 0 ? [] : [lineFinding(known.id, trouble.malformed, trouble.firstMalformed ?? "")];
  const values = trouble.notFinite === 0 ? [] : [valueFinding(known.id, trouble.notFinite)];
  const overflow = trouble.overflow === 0 ? [] : [overflowFinding(known.id, trouble.overflow)];
  return [...parts, ...lines, ...values, ...overflow];
}

function lineFinding(id: string, count: number, first: string): Finding {
  const lines = count === 1 ? "1 line" : `${count} lines`;
  return {
    subject: id,
    text: `${id} gave ${lines} of statistics that cannot be read, such as ${JSON.stringify(first)}; the others are used.`,
    mend: `Compare /stats/prometheus of its admin address with what Envoy gives; what stands between may cut or change it.`,
  };
}

function valueFinding(id: string, count: number): Finding {
  const values = count === 1 ? "1 value that is not finite; it is" : `${count} values that are not finite; they are`;
  const mend = "Find the histogram or filter behind it in /stats/prometheus of its admin address; updating the proxy may mend it.";
  return { subject: id, text: `${id} gave ${values} left out.`, mend };
}

function overflowFinding(id: string, count: number): Finding {
  return {
    subject: id,
    text: `${id} has ${count} series more than Weft keeps for one proxy; they are left out.`,
    mend: "Lower max_counters of the stats access logger, or drop tags that take many values.",
  };
}

function gapFindings(proxy: Proxy): Finding[] {
  return proxy.gaps.map((gap) => ({ subject: proxy.id, text: gap.missing, mend: gap.setting }));
}

function newest(proxies: readonly Proxy[]): string | null {
  return proxies.reduce<string | null>(
    (latest, { lastSeen }) => (lastSeen !== null && (latest === null || lastSeen > latest) ? lastSeen : latest),
    null,
  );
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
