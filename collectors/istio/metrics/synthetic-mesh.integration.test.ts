import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { knobs, type MeshKnobs } from "#bench/mesh/knobs.ts";
import { syntheticMesh, type SyntheticMesh } from "#bench/mesh/model.ts";
import { BOUNDS_MS } from "#bench/mesh/outcomes.ts";
import { truthOf, type EdgeTruth } from "#bench/mesh/truth.ts";
import { importLines, openMetrics, writePieces } from "#bench/mesh/write.ts";
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

import { istioDialect } from "./dialect.ts";

/** Each is a mesh of its own in the same two servers, told apart by the label `mesh`. */
const CASES: Readonly<Record<string, Partial<MeshKnobs>>> = {
  http: { mtlsShare: 0.5, versions: 2, errorShare: 0.5 },
  grpc: { grpcShare: 1, errorShare: 0.6 },
  tcp: { tcpShare: 0.5, lostShare: 0.3, errorShare: 0 },
  ambient: { ambientShare: 1, waypointShare: 0, tcpShare: 0.2 },
  waypoint: { ambientShare: 1, waypointShare: 1, tcpShare: 0.2, errorShare: 0.5, versions: 2 },
  "sidecars and ambient": {
    ambientShare: 0.5,
    waypointShare: 0.5,
    mtlsShare: 0.7,
    tcpShare: 0.2,
    grpcShare: 0.2,
    lostShare: 0.3,
    egressShare: 0.1,
  },
  egress: { egressShare: 0.4, errorShare: 0.5 },
  "egress that fails before it leaves": { egressShare: 0.4, lostShare: 0.5 },
  "destinations that tell nothing": { silentShare: 0.4, mtlsShare: 0.7, tcpShare: 0.2, grpcShare: 0.2, lostShare: 0.3, versions: 2 },
  "a version without a proxy": { versions: 2, silentVersions: 1, mtlsShare: 0, lostShare: 0.3, tcpShare: 0.2, errorShare: 0.5 },
  "a version that is not scraped": { versions: 3, silentVersions: 1, mtlsShare: 0.7, lostShare: 0.3, tcpShare: 0.2, grpcShare: 0.2 },
  "two clusters, one not scraped": { clusters: 2, silentClusters: 1, versions: 2, lostShare: 0.3, egressShare: 0.2, tcpShare: 0.2 },
  "no destination tells": { silentShare: 1, secondPortShare: 0.5, errorShare: 0.5 },
  "connections beside requests": { secondPortShare: 0.5, mtlsShare: 0.5, lostShare: 0.3, grpcShare: 0.3, bareCallerShare: 0.2 },
  "failed before arrival": { lostShare: 0.6, versions: 2, grpcShare: 0.3 },
  "callers without a proxy": { bareCallerShare: 0.4, mtlsShare: 0.5 },
  "no canonical names": { removedLabels: ["source_canonical_service", "destination_canonical_service"], lostShare: 0.3 },
  "no principals": { removedLabels: ["source_principal", "destination_principal"], lostShare: 0.3, mtlsShare: 0.5 },
  "no policy": { removedLabels: ["connection_security_policy"], mtlsShare: 0.5 },
  "no revision, no protocol, no status": {
    removedLabels: ["destination_canonical_revision", "request_protocol", "grpc_response_status"],
    versions: 2,
    grpcShare: 0.4,
    errorShare: 0.5,
  },
  "no code": { removedLabels: ["response_code"], grpcShare: 0.4, errorShare: 0.5 },
  "two clusters": { clusters: 2, versions: 2, lostShare: 0.3, egressShare: 0.2, mtlsShare: 0.8 },
  "many pods": { pods: 3, errorShare: 0.5, lostShare: 0.3, tcpShare: 0.2 },
};

const STEPS = 4;
const STEP_MS = 15_000;
const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const window = { fromMs: endMs - STEPS * STEP_MS, toMs: endMs };
const stretch = { fromMs: endMs - 2 * STEPS * STEP_MS, samples: 2 * STEPS + 1 };
const folder = mkdtempSync(join(tmpdir(), "weft-mesh-"));
const meshes = new Map(
  Object.entries(CASES).map(([name, wanted], seed): [string, SyntheticMesh] => [
    name,
    syntheticMesh(knobs({ ...wanted, name, seed: seed + 1, stepMs: STEP_MS })),
  ]),
);
const servers = new Map<string, ServerProcess>();
const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });

beforeAll(async () => {
  const prometheus = await resolvePrometheus();
  const data = join(folder, "prometheus");
  const file = join(folder, "meshes.om");
  await writePieces(file, openMetrics([...meshes.values()], stretch));
  await createBlocks(prometheus, file, data);
  servers.set("Prometheus", await startPrometheus({ prometheus, folder: data }));
  const victoria = await startVictoriaMetrics({
    victoriaMetrics: await resolveVictoriaMetrics(),
    folder: join(folder, "victoria"),
    // Labels above this number are dropped without a word, by default at 30: buckets of gRPC then lose their bound.
    flags: ["-maxLabelsPerTimeseries=60"],
  });
  servers.set("VictoriaMetrics", victoria);
  for (const mesh of meshes.values()) await importExposition(victoria.url, [...importLines(mesh, stretch)].join(""));
});

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A source whose now is the last sample's time: a server that is slow to start makes no difference. */
function sourceOf(server: string, mesh: string) {
  const clock = { nowMs: () => endMs, monotonicMs: () => performance.now() };
  const parts = { http, clock, scheduler: systemScheduler, readText: () => Promise.reject(new Error("no files")) };
  const store = createPrometheusStore({ id: "store", url: servers.get(server)?.url ?? "", queryScope: { mesh } }, parts);
  return createPrometheusSource({ id: "store", dialect: istioDialect, store }, parts);
}

/** As comparable rows: numbers of requests whole, durations within float noise. */
function shown(rows: readonly TrafficRow[]): Record<string, object> {
  return Object.fromEntries(
    rows.map(({ key, traffic }) => [
      nameOf(key),
      {
        count: traffic.count,
        errorCount: traffic.errorCount,
        neverArrived: traffic.neverArrived,
        mutual: traffic.transport.mutual,
        plaintext: traffic.transport.plaintext,
        flags: traffic.flags,
        durations: cumulative(traffic.latency),
        sumMs: Math.round(traffic.durations?.sumMs ?? 0),
      },
    ]),
  );
}

function expected(truth: readonly EdgeTruth[]): Record<string, object> {
  return Object.fromEntries(
    truth.map(({ source, target, protocol, version, durations, sumMs, ...counts }) => [
      nameOf({ source, target, protocol, version }),
      {
        ...counts,
        durations: durations === null ? null : cumulative({ boundsMs: BOUNDS_MS, counts: durations }),
        sumMs: Math.round(sumMs),
      },
    ]),
  );
}

function withoutSpread(rows: Record<string, object>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, { ...row, durations: null }]));
}

function nameOf({ source, target, protocol, version }: Pick<EdgeTruth, "source" | "target" | "protocol" | "version">): string {
  return `${source} > ${target} ${protocol} ${version ?? "-"}`;
}

/** How many took at most so long, at every bound and in all: whatever the layout of the buckets. */
function cumulative(latency: { boundsMs: readonly number[]; counts: readonly number[] } | null): string[] | null {
  if (latency === null) return null;
  let below = 0;
  return latency.counts.map((count, index) => `${latency.boundsMs[index] ?? "more"}: ${Math.round((below += count))}`);
}

describe.each(["Prometheus", "VictoriaMetrics"])("what is folded from a real %s's answers equals the truth of the mesh", (server) => {
  it.each([...meshes])("%s", async (name, mesh) => {
    const truth = truthOf(mesh, STEPS);
    const targets = [...new Set(truth.map(({ target }) => target))];
    const answer = await sourceOf(server, name).traffic(window, { targets });
    if (!answer.ok) throw answer.error;
    expect(answer.value.coverage).toBe("complete");
    expect(answer.value.value.window).toEqual(window);
    expect(truth.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(1_000);
    expect(shown(answer.value.value.rows)).toEqual(expected(truth));
  });

  it("the whole mesh at once, without any selection", async () => {
    for (const [name, mesh] of meshes) {
      const answer = await sourceOf(server, name).traffic(window);
      if (!answer.ok) throw answer.error;
      // Averages are there at once, how durations are spread comes behind the answer.
      expect(withoutSpread(shown(answer.value.value.rows))).toEqual(withoutSpread(expected(truthOf(mesh, STEPS))));
    }
  });

  it.each(["selected", "whole"])("steps of a chart add up to it: %s", async (what) => {
    for (const [name, mesh] of meshes) {
      const truth = truthOf(mesh, STEPS);
      const targets = [...new Set(truth.map(({ target }) => target))];
      const answer = await sourceOf(server, name).trafficSteps(window, 2 * STEP_MS, what === "whole" ? undefined : { targets });
      if (!answer.ok) throw answer.error;
      const { steps } = answer.value.value;
      expect(steps.length).toBe(STEPS / 2);
      const sums = Map.groupBy(
        steps.flatMap(({ rows }) => rows),
        ({ key }) => nameOf(key),
      );
      const counts = [...sums].map(([row, rows]): [string, number] => [row, rows.reduce((sum, { traffic }) => sum + traffic.count, 0)]);
      expect([name, Object.fromEntries(counts)]).toEqual([name, Object.fromEntries(truth.map((row) => [nameOf(row), row.count]))]);
    }
  });
});
