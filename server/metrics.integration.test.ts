import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { series, startExposition, type ExpositionServer } from "#collectors/testing/exposition-server.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { startPrometheus } from "#peers/prometheus/start.ts";

import { parseOptions } from "./config/options.ts";
import { startWeft, type Weft } from "./weft.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-metrics-"));
let exposition: ExpositionServer;
let prometheus: ServerProcess;
let weft: Weft;

const edge = (source: string, destination: string): Record<string, string> => ({
  reporter: "destination",
  source_workload_namespace: "shop",
  source_canonical_service: source,
  destination_workload_namespace: "shop",
  destination_canonical_service: destination,
  destination_canonical_revision: "v1",
  request_protocol: "http",
  response_code: "200",
  response_flags: "-",
  connection_security_policy: "mutual_tls",
});

interface Drawn {
  status: number;
  edges: string[];
  coverage: string;
}

async function graph(): Promise<Drawn> {
  const answer = await fetch(`${weft.url}/api/graph?window=60s`);
  const { value, coverage } = await answer.json();
  const edges = (value?.edges ?? []).map(({ id, seenBy }: { id: string; seenBy: string[] }) => `${id} ${seenBy.join(" ")}`);
  return { status: answer.status, edges: edges.toSorted(), coverage };
}

async function states(): Promise<string[]> {
  const { value } = await (await fetch(`${weft.url}/api/sources`)).json();
  return value.items.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`);
}

beforeAll(async () => {
  exposition = await startExposition({
    "/metrics":
      series("istio_requests_total", edge("web", "cart")) +
      series("traces_service_graph_request_total", { client: "web", server: "cart" }) +
      series("traces_service_graph_request_total", { client: "cart", server: "ledger" }),
  });
  prometheus = await startPrometheus({
    prometheus: await resolvePrometheus(),
    folder: join(folder, "prometheus"),
    jobs: [{ name: "mesh", targets: [exposition.target] }],
  });
  await vi.waitFor(
    async () => {
      const { data } = await (await fetch(`${prometheus.url}/api/v1/query?query=increase(istio_requests_total[1m])`)).json();
      expect(data.result).toHaveLength(1);
    },
    { timeout: 30_000, interval: 200 },
  );
  const metricsSources = [{ id: "prometheus", kind: "prometheus", url: prometheus.url, timeoutMs: 2_000 }];
  const base = { port: 0, dataDir: join(folder, "data"), logLevel: "silent", otlpHttp: 0, otlpGrpc: "off", zipkin: "off" };
  weft = await startWeft({ ...parseOptions({ ...base, metricsSources }), uiDir: join(folder, "ui") });
});

afterAll(async () => {
  await weft?.stop();
  await Promise.all([prometheus?.stop(), exposition?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe("a console over a Prometheus alone", () => {
  it("draws what it holds: the mesh's own numbers before graphs worked out from spans", async () => {
    await vi.waitFor(async () => expect((await graph()).edges).toHaveLength(2), { timeout: 30_000, interval: 500 });
    const { edges } = await graph();
    expect(edges).toEqual([
      "shop/cart|unknown/ledger|http prometheus/service-graph",
      "shop/web|shop/cart|http prometheus prometheus/service-graph",
    ]);
    expect(await states()).toEqual(["spans healthy", "prometheus healthy", "prometheus/service-graph healthy"]);
    expect((await fetch(`${weft.url}/readyz`)).status).toBe(200);
  });

  it("is not ready once it is gone, keeps the last map as stale, and goes on with everything else", async () => {
    await prometheus.stop();
    await vi.waitFor(async () => expect((await graph()).coverage).toBe("stale"), { timeout: 30_000, interval: 200 });
    expect((await graph()).edges).toHaveLength(2);
    await vi.waitFor(async () => expect((await fetch(`${weft.url}/readyz`)).status).toBe(503), { timeout: 30_000, interval: 200 });
    expect(await states()).toEqual(["spans healthy", "prometheus down", "prometheus/service-graph down"]);
    expect((await fetch(`${weft.url}/api/traces?window=60s`)).status).toBe(200);
    expect((await fetch(`${weft.url}/api/routes`)).status).toBe(200);
  });
});
