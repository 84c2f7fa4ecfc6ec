import { observedShares } from "#components/routing/observed-shares.ts";
import { versionIndex } from "#lib/client/version-order.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";
import type { Health } from "#lib/model/graph.ts";
import type { Red } from "#lib/model/red.ts";
import type { Verdict } from "#lib/model/verdict.ts";

export interface VersionRow {
  version: string;
  colorIndex: number;
  /** Baseline and candidate are words of the verdict; without one a version is just a version. */
  role: "baseline" | "candidate" | null;
  /** Share that the route asks for; `null` where no route names the version. */
  asked: number | null;
  observed: { share: number | null; low: number | null; high: number | null };
  red: Red;
  health: Health;
  /** Those that answer, of how many; `null` where no proxy of the service is known. */
  proxies: { n: number; of: number } | null;
  verdict: Verdict | null;
}

/** The version that the others are compared with; `null` with fewer than two. */
export function baselineOf(service: ServiceDetail): string | null {
  return service.verdicts[0]?.baseline ?? null;
}

/** One row per version, in the order of the colours. */
export function versionRows(service: ServiceDetail): VersionRow[] {
  const legs = service.routes.flatMap((route) => route.rules).find((rule) => rule.legs.length > 0)?.legs ?? [];
  const names = service.versions.map((one) => one.version);
  const shares = observedShares(
    service.versions.map((one) => ({ id: one.version, service: service.service, version: one.version, weight: 0, share: 0 })),
    service.versions,
  );
  const baseline = baselineOf(service);
  return service.versions
    .map((one): VersionRow => {
      const proxies = service.proxyList.filter((proxy) => proxy.version === one.version);
      const verdict = service.verdicts.find((each) => each.candidate === one.version) ?? null;
      const observed = shares.find((share) => share.legId === one.version);
      return {
        version: one.version,
        colorIndex: versionIndex(one.version, names),
        role: one.version === baseline ? "baseline" : verdict === null ? null : "candidate",
        asked: legs.find((leg) => leg.version === one.version)?.share ?? null,
        observed: { share: observed?.share ?? null, low: observed?.low ?? null, high: observed?.high ?? null },
        red: one.red,
        health: one.health,
        proxies: service.proxies === null ? null : { n: proxies.filter((proxy) => proxy.state === "live").length, of: proxies.length },
        verdict,
      };
    })
    .toSorted((a, b) => a.colorIndex - b.colorIndex);
}

/** Candidate minus baseline, field by field; `null` where one of them is not known. */
export function difference(candidate: Red, baseline: Red, field: "errorRatio" | "p50Ms" | "p95Ms" | "p99Ms"): number | null {
  const a = candidate[field];
  const b = baseline[field];
  return a === null || b === null ? null : a - b;
}

const VERDICT_WORDS: Readonly<Record<Verdict["word"], string>> = {
  "too-few": "too few calls to tell",
  "no-difference": "no difference seen",
  likely: "likely",
  "very-likely": "very likely",
};

/** `very likely worse`, `too few calls to tell`. */
export function verdictWords(verdict: Verdict): string {
  const word = VERDICT_WORDS[verdict.word];
  return verdict.direction === "none" ? word : `${word} ${verdict.direction}`;
}
