import { z } from "zod";

import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import type { PrometheusStore } from "../store.ts";
import type { SeriesQuestions } from "./series-questions.ts";

/** The window that the map opens with. */
const USUAL_WINDOW_MS = 60_000;

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Two scrapes must fall into a window, or nothing can be told to have grown in it. */
export function intervalFinding(metric: string, scrapeMs: number | null): DiagnosisFinding[] {
  if (scrapeMs === null || scrapeMs * 2 <= USUAL_WINDOW_MS) return [];
  return [
    {
      level: "warning",
      code: "slow-scrape",
      text: `${metric} is scraped every ${seconds(scrapeMs)}; a window of 60 s needs two scrapes.`,
      takesAway: "short windows: the map and the charts are made of longer ones, and changes are seen late",
      mend: "Set scrape_interval: 15s for these jobs",
    },
  ];
}

/** Whether new samples come. */
export async function freshness(ask: SeriesQuestions, metric: string, scrapeMs: number | null): Promise<Result<DiagnosisFinding[]>> {
  const newest = await ask.newestMs(metric);
  if (!newest.ok || newest.value === null) return newest.ok ? ok([]) : newest;
  const ageMs = ask.atMs - newest.value;
  if (ageMs <= Math.max(60_000, 3 * (scrapeMs ?? 15_000))) return ok([]);
  return ok([
    {
      level: "error",
      code: "stopped",
      text: `The newest sample of ${metric} is ${seconds(ageMs)} old: nothing new comes.`,
      takesAway: "everything that is live",
      mend: "See on its page of targets what became of the jobs that scrape the mesh",
    },
  ]);
}

/** A merged exposition (15020) holds what the proxy's own (15090) does. */
const MERGED_PORTS = new Set(["15020", "15090"]);

/** The same proxy scraped by two jobs, or at two addresses, counts everything twice. */
export async function duplicateScrapes(ask: SeriesQuestions, metric: string): Promise<Result<DiagnosisFinding[]>> {
  const groups = await ask.groups(metric, ["job", "instance", "pod", "namespace", "cluster"]);
  if (!groups.ok) return groups;
  const placed = groups.value.filter(({ instance = "", pod }) => pod !== undefined || instance !== "");
  const byProxy = Map.groupBy(placed, ({ instance = "", pod, namespace = "", cluster }) => {
    // Pods of stateful sets have the same names in every cluster.
    const inCluster = cluster === undefined ? "" : ` in cluster ${cluster}`;
    if (pod !== undefined) return `pod ${namespace}/${pod}${inCluster}`;
    const at = instance.lastIndexOf(":");
    // Several proxies may share a machine; only these two ports are known to be of one.
    return `instance ${MERGED_PORTS.has(instance.slice(at + 1)) ? instance.slice(0, at) : instance}${inCluster}`;
  });
  const twice = [...byProxy].filter(([, all]) => all.length > 1);
  const [first] = twice;
  if (first === undefined) return ok([]);
  const [name, all] = first;
  const how = all.map(({ job = "", instance = "" }) => `${printable(job)} at ${printable(instance)}`);
  return ok([
    {
      level: "error",
      code: "scraped-twice",
      text: `${twice.length} ${twice.length === 1 ? "proxy is" : "proxies are"} scraped twice: ${printable(name)} by ${how.slice(0, 3).join(" and ")}.`,
      takesAway: "right numbers: what such a proxy tells is counted twice",
      mend: "Keep one job: drop one of them, or one of the ports 15020 and 15090, with relabel_configs",
    },
  ]);
}

const REPLICA_LABELS = ["prometheus_replica", "replica", "__replica__"];

/** Several copies of one scraper that write into one store. */
export async function replicas(ask: SeriesQuestions, metric: string): Promise<Result<DiagnosisFinding[]>> {
  for (const label of REPLICA_LABELS) {
    const groups = await ask.groups(metric, [label]);
    if (!groups.ok) return groups;
    const values = valuesOf(groups.value, label);
    if (values.length < 2) continue;
    return ok([
      {
        level: "error",
        code: "replicas",
        text: `The store holds the series of ${values.length} replicas of one scraper (${label}: ${values.slice(0, 3).map(printable).join(", ")}).`,
        takesAway: "right numbers: each request is counted once per replica",
        mend: `Ask for one: queryScope: { ${label}: ${printable(values[0] ?? "")} }; for Thanos, query: { dedup: "true" }`,
      },
    ]);
  }
  return ok([]);
}

/** Several clusters in one store, of which nothing says that one is meant. */
export async function clusters(ask: SeriesQuestions, metric: string, labels: readonly string[]): Promise<Result<DiagnosisFinding[]>> {
  for (const label of labels) {
    const groups = await ask.groups(metric, [label]);
    if (!groups.ok) return groups;
    const values = valuesOf(groups.value, label).filter((value) => value !== "unknown");
    if (values.length < 2) continue;
    return ok([
      {
        level: "warning",
        code: "several-clusters",
        text: `The store holds ${values.length} clusters (${label}: ${values.slice(0, 5).map(printable).join(", ")}).`,
        takesAway: "which cluster a service is in: one namespace and name in two of them is drawn as one service",
        mend: `If they are meshes of their own, configure one source for each: queryScope: { ${label}: ${printable(values[0] ?? "")} }`,
      },
    ]);
  }
  return ok([]);
}

function valuesOf(groups: readonly Readonly<Record<string, string>>[], label: string): string[] {
  return [...new Set(groups.map((labels) => labels[label] ?? ""))].filter((value) => value !== "").toSorted();
}

const Targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        health: z.string(),
        scrapePool: z.string().optional(),
        scrapeUrl: z.string().optional(),
        lastError: z.string().optional(),
      }),
    ),
  }),
});

/** What it scrapes and does not reach; empty where it does not tell. */
export async function failingTargets({ client }: PrometheusStore): Promise<DiagnosisFinding[]> {
  const told = await client.about({ path: "/api/v1/targets", parameters: { state: "active" }, maxBytes: 8 * 1024 * 1024 }, Targets);
  if (!told.ok) return [];
  const all = told.value.data.activeTargets;
  const down = all.filter(({ health }) => health === "down");
  const [first] = down;
  if (first === undefined) return [];
  const where = printable(first.scrapePool ?? "");
  return [
    {
      level: "warning",
      code: "targets-down",
      text: `${down.length} of ${all.length} targets do not answer it; of job ${where}: ${printable(first.lastError ?? "no reason given")}.`,
      takesAway: "what these would tell",
      mend: "See its page of targets; start them, or correct the job",
    },
  ];
}
