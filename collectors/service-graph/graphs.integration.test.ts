import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createPrometheusSource } from "#collectors/prometheus/source.ts";
import { createPrometheusStore } from "#collectors/prometheus/store.ts";
import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import type { TrafficRow } from "#lib/ports/series-store.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { createBlocks, startPrometheus } from "#peers/prometheus/start.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { importExposition, startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { serviceGraphDialect } from "./dialect.ts";
import { GRAPHS, type PlantedSeries } from "./testing/planted-graphs.ts";

const STEPS = 4;
const STEP_MS = 15_000;
const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const window = { fromMs: endMs - STEPS * STEP_MS, toMs: endMs };
const INSTANTS = Array.from({ length: 2 * STEPS + 1 }, (_, step) => endMs - (2 * STEPS - step) * STEP_MS);
const folder = mkdtempSync(join(tmpdir(), "weft-graphs-"));
const servers = new Map<string, ServerProcess>();
const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function nameOf(graph: string, { metric, labels }: PlantedSeries): string {
  const all = Object.entries({ ...labels, graph }).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `${metric}{${all.join(",")}}`;
}

/** A counter at a step; one that begins anew within the window has lost its past then. */
function valueAt({ perStep, restartsAt }: PlantedSeries, step: number): number {
  return perStep * (restartsAt === undefined || step < restartsAt ? step : step - restartsAt + 1);
}

function planted(atMs: (ms: number) => number): string[] {
  const all = Object.entries(GRAPHS).flatMap(([graph, { series }]) => series.map((one) => [graph, one] as const));
  const families = [...Map.groupBy(all, ([, { metric }]) => metric)];
  return families.flatMap(([metric, members]) => [
    `# TYPE ${metric} unknown`,
    ...members.flatMap(([graph, one]) => INSTANTS.map((ms, step) => `${nameOf(graph, one)} ${valueAt(one, step)} ${atMs(ms)}`)),
  ]);
}

beforeAll(async () => {
  const prometheus = await resolvePrometheus();
  const data = join(folder, "prometheus");
  const file = join(folder, "graphs.om");
  writeFileSync(file, [...planted((ms) => ms / 1_000), "# EOF\n"].join("\n"));
  await createBlocks(prometheus, file, data);
  servers.set("Prometheus", await startPrometheus({ prometheus, folder: data }));
  const victoria = await startVictoriaMetrics({ victoriaMetrics: await resolveVictoriaMetrics(), folder: join(folder, "victoria") });
  servers.set("VictoriaMetrics", victoria);
  await importExposition(victoria.url, `${planted((ms) => ms).join("\n")}\n`);
});

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A source whose now is the last sample's time: a server that is slow to start makes no difference. */
function sourceOf(server: string, graph: string) {
  const clock = { nowMs: () => endMs, monotonicMs: () => performance.now() };
  const parts = { http, clock, scheduler: systemScheduler, readText: () => Promise.reject(new Error("no files")) };
  const store = createPrometheusStore({ id: "store", url: servers.get(server)?.url ?? "", queryScope: { graph } }, parts);
  return createPrometheusSource({ id: "store", dialect: serviceGraphDialect, store }, parts);
}

function shown(rows: readonly TrafficRow[]): Record<string, unknown> {
  return Object.fromEntries(
    rows.map(({ key: { source, target, protocol, version, reporter }, traffic: { count, errorCount, latency, durations } }) => [
      `${source} > ${target} ${protocol} ${version ?? "-"} by ${reporter}`,
      {
        count,
        errorCount,
        upToMs: latency === null ? null : upToMs(latency),
        meanMs: durations === undefined ? null : Math.round(durations.sumMs / durations.count),
      },
    ]),
  );
}

/** How many took at most so long, at every bound and in all. */
function upToMs({ boundsMs, counts }: { boundsMs: readonly number[]; counts: readonly number[] }): Record<string, number> {
  let below = 0;
  return Object.fromEntries(counts.map((count, index) => [String(boundsMs[index] ?? "all"), Math.round((below += count))]));
}

describe.each(["Prometheus", "VictoriaMetrics"])("service graphs in a real %s", (server) => {
  it.each(Object.entries(GRAPHS))("%s", async (graph, { expected }) => {
    const targets = Object.keys(expected).map((name) => name.split(" ")[2] ?? "");
    const answer = await sourceOf(server, graph).traffic(window, targets.length === 0 ? undefined : { targets });
    if (!answer.ok) throw answer.error;
    expect(answer.value.coverage).toBe("complete");
    expect(answer.value.value.window).toEqual(window);
    expect(shown(answer.value.value.rows)).toEqual(expected);
  });

  it("who calls whom, of every graph as a whole", async () => {
    for (const [graph, { expected }] of Object.entries(GRAPHS)) {
      const answer = await sourceOf(server, graph).traffic(window);
      if (!answer.ok) throw answer.error;
      expect([graph, Object.keys(shown(answer.value.value.rows)).toSorted()]).toEqual([graph, Object.keys(expected).toSorted()]);
    }
  });
});
