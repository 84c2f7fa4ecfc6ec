import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import type { Proxy } from "#lib/model/topology.ts";

import { createEnvoySource, type EnvoySource } from "./source.ts";

interface ProxiesExamination {
  proxiesDir: string;
  store: SeriesStore;
  clock: Clock;
  scheduler: Scheduler;
  http: HttpFetcher;
}

const ID = "envoy";
const LOOK_MS = 100;
/** Every proxy has answered by then, or has been given up: one question takes at most two seconds, and some are put twice. */
const LONGEST_MS = 6_000;

/** Examines a directory of proxies: reads each for a moment, as Weft itself would. */
export function examineProxies(parts: ProxiesExamination): ExaminedSource {
  return {
    id: ID,
    kind: "envoy",
    address: parts.proxiesDir,
    async examine() {
      const source = createEnvoySource({ ...parts, id: ID });
      source.start();
      try {
        await settled(source, parts);
        return await findingsOf(source);
      } finally {
        await source.stop();
      }
    },
  };
}

/** Waits until each proxy has told how it stands. */
function settled(source: EnvoySource, { clock, scheduler }: ProxiesExamination): Promise<void> {
  const startedMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const look = (): void => {
      const { state, coverage } = source.status();
      const isDone = state !== "starting" && (coverage.n === coverage.of || state === "down");
      if (isDone || clock.monotonicMs() - startedMs > LONGEST_MS) resolve();
      else scheduler.after(LOOK_MS, look);
    };
    look();
  });
}

async function findingsOf(source: EnvoySource): Promise<DiagnosisFinding[]> {
  const answer = await source.topology();
  const proxies = answer.ok ? answer.value.value.proxies : [];
  const status = source.status();
  const told = new Set(proxies.flatMap((proxy) => proxy.gaps.map(({ missing }) => missing)));
  const silent = proxies.filter(isSilent);
  const silentIds = new Set(silent.map(({ id }) => id));
  const heard = proxies.length - silent.length;
  const others = status.findings.filter(({ subject, text }) => !told.has(text) && !silentIds.has(subject));
  return [
    ...(heard === 0
      ? []
      : [{ level: "fine" as const, code: "reached", text: `${heard} of ${proxies.length} proxies answer.`, takesAway: null, mend: null }]),
    ...silent.map(silentFinding),
    ...others.map(({ text, mend }): DiagnosisFinding => ({
      level: heard === 0 ? "error" : "warning",
      code: proxies.length === 0 ? "no-proxies" : "proxy-trouble",
      text,
      takesAway: heard === 0 ? "every number of the proxies" : null,
      mend: mend ?? "See the Sources page, which says how it goes on",
    })),
    ...gapFindings(proxies),
  ];
}

function isSilent({ state }: Proxy): boolean {
  return state === "unreachable" || state === "malformed" || state === "stale" || state === "initializing";
}

function silentFinding({ id, state, reason, service }: Proxy): DiagnosisFinding {
  return {
    level: "error",
    code: `proxy-${state}`,
    text: `${id} is ${state}: ${reason ?? "it gave no reason."}`,
    takesAway: `calls that ${service} took in there, and its own`,
    mend: "Start the proxy, open its admin address to Weft, or remove its file when it is gone for good",
  };
}

/** What the configuration of proxies leaves out; said once for all that leave out the same. */
function gapFindings(proxies: readonly Proxy[]): DiagnosisFinding[] {
  const byGap = Map.groupBy(
    proxies.flatMap(({ id, gaps }) => gaps.map((gap) => ({ id, ...gap }))),
    ({ missing, setting }) => `${missing} ${setting}`,
  );
  return [...byGap.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const who = same.length === 1 ? first.id : `${first.id} and ${same.length - 1} more`;
    return [
      {
        level: "warning",
        code: "proxy-setting",
        text: `${who}: ${first.missing}`,
        takesAway: null,
        mend: `Add to the proxy: ${first.setting}`,
      },
    ];
  });
}
