import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createPrometheusSource } from "#collectors/prometheus/source.ts";
import { createPrometheusStore } from "#collectors/prometheus/store.ts";
import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import type { Protocol } from "#lib/model/ids.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import { createBlocks, startPrometheus } from "#peers/prometheus/start.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { importExposition, startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { istioDialect } from "./dialect.ts";

const STEPS = 4;
const STEP_MS = 15_000;
const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const window = { fromMs: endMs - STEPS * STEP_MS, toMs: endMs };
const INSTANTS = Array.from({ length: 2 * STEPS + 1 }, (_, step) => endMs - (2 * STEPS - step) * STEP_MS);

/** What each counter of one edge grows by in a step. Sent and received are as the proxy before the callee sees its caller. */
const PER_STEP: Readonly<Record<Protocol, Readonly<Record<string, number>>>> = {
  http: { istio_requests_total: 10, istio_request_bytes_sum: 4_000, istio_response_bytes_sum: 90_000 },
  grpc: {
    istio_requests_total: 5,
    istio_request_bytes_sum: 600,
    istio_response_bytes_sum: 700,
    istio_request_messages_total: 20,
    istio_response_messages_total: 40,
  },
  tcp: { istio_tcp_connections_opened_total: 2, istio_tcp_received_bytes_total: 1_024, istio_tcp_sent_bytes_total: 8_192 },
};

function labelsOf(protocol: Protocol, reporter: string): string {
  return Object.entries({
    reporter,
    source_workload_namespace: "shop",
    source_canonical_service: "frontend",
    source_workload: "frontend-v1",
    destination_workload_namespace: "shop",
    destination_canonical_service: `over-${protocol}`,
    destination_canonical_revision: "v1",
    destination_workload: `over-${protocol}-v1`,
    destination_service: `over-${protocol}.shop.svc.cluster.local`,
    destination_principal: "spiffe://cluster.local/ns/shop/sa/callee",
    request_protocol: protocol,
    response_code: protocol === "tcp" ? "0" : "200",
    response_flags: "-",
    connection_security_policy: "mutual_tls",
  })
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");
}

/** Both sides tell of the same; the callers' series hold twice as much, so that they would be seen if they were counted. */
function exposition(secondsOf: (ms: number) => number): string[] {
  const series = Object.entries(PER_STEP).flatMap(([protocol, counters]) =>
    Object.entries(counters).flatMap(([metric, perStep]) =>
      (["destination", "source"] as const).map((reporter) => {
        const name = `${metric}{${labelsOf(protocol as Protocol, reporter)}}`;
        const by = reporter === "source" ? 2 * perStep : perStep;
        return [metric, INSTANTS.map((ms, step) => `${name} ${by * step} ${secondsOf(ms)}`)] as const;
      }),
    ),
  );
  return [...Map.groupBy(series, ([metric]) => metric)].flatMap(([metric, members]) => [
    `# TYPE ${metric} unknown`,
    ...members.flatMap(([, lines]) => lines),
  ]);
}

const folder = mkdtempSync(join(tmpdir(), "weft-volume-"));
const servers = new Map<string, ServerProcess>();
const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });

beforeAll(async () => {
  const prometheus = await resolvePrometheus();
  const data = join(folder, "prometheus");
  const file = join(folder, "volume.om");
  writeFileSync(file, [...exposition((ms) => ms / 1_000), "# EOF\n"].join("\n"));
  await createBlocks(prometheus, file, data);
  servers.set("Prometheus", await startPrometheus({ prometheus, folder: data }));
  const victoria = await startVictoriaMetrics({ victoriaMetrics: await resolveVictoriaMetrics(), folder: join(folder, "victoria") });
  servers.set("VictoriaMetrics", victoria);
  await importExposition(victoria.url, exposition((ms) => ms).join("\n"));
});

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const EXPECTED = {
  http: { sentBytes: 16_000, receivedBytes: 360_000, sentMessages: null, receivedMessages: null },
  grpc: { sentBytes: 2_400, receivedBytes: 2_800, sentMessages: 80, receivedMessages: 160 },
  tcp: { sentBytes: 4_096, receivedBytes: 32_768, sentMessages: null, receivedMessages: null },
} as const;

describe.each(["Prometheus", "VictoriaMetrics"])("bytes and messages of one edge, from a real %s", (server) => {
  it.each(["http", "grpc", "tcp"] as const)("%s", async (protocol) => {
    const parts = {
      http,
      clock: { nowMs: () => endMs, monotonicMs: () => performance.now() },
      scheduler: systemScheduler,
      readText: () => Promise.reject(new Error("no files")),
    };
    const store = createPrometheusStore({ id: "store", url: servers.get(server)?.url ?? "" }, parts);
    const source = createPrometheusSource({ id: "store", dialect: istioDialect, store }, parts);
    const edge = { sources: ["shop/frontend"], targets: [`shop/over-${protocol}`], protocol };
    const answer = await source.traffic(window, edge);
    if (!answer.ok) throw answer.error;
    const [row, ...others] = answer.value.value.rows;
    expect(others).toEqual([]);
    const volume = row?.traffic.volume;
    // A store works with floating point numbers.
    const whole = Object.entries(volume ?? {}).map(([part, value]) => [part, value === null ? null : Math.round(value * 1_000) / 1_000]);
    expect(Object.fromEntries(whole)).toEqual(EXPECTED[protocol]);
    const service = await source.traffic(window, { targets: edge.targets });
    expect(service).toMatchObject({ value: { value: { rows: [{ key: { protocol } }] } } });
    expect(service.ok && service.value.value.rows.some(({ traffic }) => traffic.volume !== undefined)).toBe(false);
  });
});
