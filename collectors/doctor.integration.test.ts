import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { createBlocks, startPrometheus } from "#peers/prometheus/start.ts";

import { examinedSources, type DoctorOptions } from "./doctor.ts";
import type { MetricsReaderOptions } from "./metrics-sources.ts";
import { startFaultProxy, type Fault } from "./prometheus/testing/fault-proxy.ts";
import { selfSigned } from "./prometheus/testing/self-signed.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "./shared/testing/system-time.ts";
import { series, startExposition, type ExpositionServer } from "./testing/exposition-server.ts";
import { istio, PEERS, type Labels } from "./testing/istio-exposition.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-doctor-"));
const http = createHttpFetcher({ clock, scheduler });
const closing: (() => Promise<void>)[] = [];
let exposition: ExpositionServer;
/** Scrapes every second what is planted below, each case with its own label `case`. */
let live: ServerProcess;
/** Holds samples that were written before, and scrapes nothing. */
let past: ServerProcess;

const envoyTags = (labels: Labels): Labels => ({ cluster_name: "outbound|80||cart.shop.svc.cluster.local", app: "web", ...labels });

/** What is planted, and what the doctor must say of it: codes of everything that is not fine. */
const PLANTED: readonly [name: string, exposition: string, expected: string[]][] = [
  ["healthy", istio(), []],
  ["no-reporter", istio({ reporter: null }), ["no-reporter"]],
  ["no-code", istio({ response_code: null }), ["no-response_code"]],
  ["no-policy", istio({ connection_security_policy: null }), ["no-connection_security_policy"]],
  ["no-flags", istio({ response_flags: null }), ["no-response_flags"]],
  ["no-principal", istio({ destination_principal: null }), ["no-destination_principal"]],
  ["no-source", istio({ source_canonical_service: null }), ["no-source_canonical_service"]],
  ["no-revision", istio({ destination_canonical_revision: null }), ["no-destination_canonical_revision"]],
  ["no-protocol", istio({ request_protocol: null }), ["no-request_protocol"]],
  ["no-grpc-status", istio({ request_protocol: "grpc" }), ["no-grpc_response_status"]],
  ["good-grpc", istio({ request_protocol: "grpc", grpc_response_status: "0" }), []],
  ["no-buckets", istio({}, { buckets: false }), ["no-histogram"]],
  ["no-durations", series("istio_requests_total", { ...PEERS, response_code: "200", response_flags: "-" }), ["no-durations"]],
  ["no-le", istio({ le: null }), ["no-le"]],
  ["only-callers", istio({ reporter: "source", connection_security_policy: "unknown" }), ["only-callers-tell"]],
  ["two-clusters", istio({ destination_cluster: "east" }) + istio({ destination_cluster: "west" }), ["several-clusters"]],
  ["replicas", istio({ prometheus_replica: "a" }) + istio({ prometheus_replica: "b" }), ["replicas"]],
  [
    "name-clash",
    series("envoy_cluster_upstream_rq", envoyTags({ response_code_class: "2xx" })) +
      series("envoy_cluster_upstream_rq", envoyTags({ response_code: "200" })),
    ["no-durations", "name-clash", "no-logger"],
  ],
  [
    "job-only",
    series("envoy_cluster_upstream_rq", envoyTags({ app: null, response_code_class: "2xx" })),
    ["no-weft_service", "no-durations", "no-logger"],
  ],
  [
    "sidecar-to-ambient",
    istio() +
      istio({ reporter: "source", destination_canonical_service: "orders", connection_security_policy: "unknown" }) +
      series("istio_tcp_connections_opened_total", { ...PEERS, destination_canonical_service: "orders", request_protocol: "tcp" }),
    ["http-untold"],
  ],
  [
    "older-graph",
    series("traces_service_graph_request_total", { client: "web", server: "cart" }) +
      series("traces_service_graph_request_duration_milliseconds_count", { client: "web", server: "cart" }),
    ["no-durations", "older-durations"],
  ],
  ["no-client", series("traces_service_graph_request_total", { server: "cart" }), ["no-client", "no-durations"]],
];

beforeAll(async () => {
  const prometheus = await resolvePrometheus();
  const texts = Object.fromEntries(PLANTED.map(([name, text]) => [`/${name}`, text]));
  exposition = await startExposition({
    ...texts,
    "/twice": istio(),
    "/graph": series("traces_service_graph_request_total", { client: "web", server: "cart" }),
  });
  const jobs = PLANTED.map(([name]) => ({ name, targets: [exposition.target], path: `/${name}`, labels: { case: name } }));
  const twice = ["pods", "mesh"].map((name) => ({
    name,
    targets: [exposition.target],
    path: "/twice",
    labels: { case: "twice", pod: "cart-0", namespace: "shop" },
  }));
  const clusters = ["east", "west"].map((cluster) => ({
    name: cluster,
    targets: [exposition.target],
    path: "/twice",
    labels: { case: "stateful", pod: "cart-0", namespace: "shop", cluster },
  }));
  live = await startPrometheus({ prometheus, folder: join(folder, "live"), jobs: [...jobs, ...twice, ...clusters] });
  const file = join(folder, "past.om");
  writeFileSync(file, pastText(Date.now()));
  await createBlocks(prometheus, file, join(folder, "past"));
  past = await startPrometheus({ prometheus, folder: join(folder, "past") });
  // Everything has been scraped once.
  await vi.waitFor(async () => expect(await scraped(live.url)).toBe(PLANTED.length + 4), { timeout: 60_000, interval: 200 });
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await Promise.all([live?.stop(), past?.stop(), exposition?.close(), http.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function scraped(url: string): Promise<number> {
  const answer = await (await fetch(`${url}/api/v1/query?query=count(up==1)`)).json();
  return Number(answer.data.result[0]?.value[1] ?? 0);
}

const lines = (
  name: string,
  fromMs: number,
  toMs: number,
  stepMs: number,
  { response_code = "200", first = 0 }: { response_code?: string; first?: number } = {},
): string[] => {
  const labels = { ...PEERS, response_code, response_flags: "-", case: name, instance: "10.0.0.1:15020" };
  const text = series("istio_requests_total", labels).replace(" #\n", "");
  return Array.from(
    { length: Math.floor((toMs - fromMs) / stepMs) + 1 },
    (_, index) => `${text} ${first + index} ${(fromMs + index * stepMs) / 1_000}`,
  );
};

/**
 * Samples every minute until now (`slow`), samples every 15 s that ended 20 minutes ago (`stopped`), and two series of one target, of which
 * one is first seen with 500 requests (`newborn`).
 */
function pastText(nowMs: number): string {
  const minute = 60_000;
  return [
    "# TYPE istio_requests_total unknown",
    ...lines("slow", nowMs - 60 * minute, nowMs, minute),
    ...lines("stopped", nowMs - 60 * minute, nowMs - 20 * minute, 15_000),
    ...lines("newborn", nowMs - 60 * minute, nowMs, 15_000),
    ...lines("newborn", nowMs - 5 * minute, nowMs, 15_000, { response_code: "503", first: 500 }),
    "# EOF\n",
  ].join("\n");
}

async function examine(options: DoctorOptions): Promise<DiagnosisFinding[]> {
  const { sources, close } = await examinedSources(options, { clock, scheduler, http, newStore: createFakeSeriesStore });
  try {
    return (await Promise.all(sources.map((source) => source.examine()))).flat();
  } finally {
    await close();
  }
}

const prom = (more: Partial<MetricsReaderOptions> = {}): DoctorOptions => ({
  metricsSources: [{ id: "prom", kind: "prometheus", url: live.url, timeoutMs: 10_000, ...more }],
});

/** Every store here has just been started: that it reaches back for seconds only is said of each. */
const isTrouble = ({ level, code }: DiagnosisFinding): boolean => level !== "fine" && code !== "short-history";

function troubles(findings: readonly DiagnosisFinding[]): string[] {
  return findings.filter(isTrouble).map(({ code }) => code);
}

/** A proxy before the real server, with a fault. */
async function faulty(fault: Fault, only?: (path: string) => boolean): Promise<string> {
  const proxy = await startFaultProxy({ target: live.url, nowMs: Date.now });
  closing.push(() => proxy.close());
  proxy.set(fault, only);
  return proxy.url;
}

const fiveMinutesLater = (text: string): string =>
  text.replace(/\[(\d{10}(?:\.\d+)?),"(\d{10}(?:\.\d+)?)"\]/g, (_, at, told) => `[${Number(at) + 300},"${Number(told) + 300}"]`);
const collector = (url: string): DoctorOptions => prom({ id: "collector", kind: "opentelemetry-collector", url, timeoutMs: 500 });
const keepsTwoHours = (text: string): string => text.replace(/"storageRetention":"[^"]*"/, '"storageRetention":"2h or 512MiB"');
const traces = (url: string): DoctorOptions => ({ traceSources: [{ id: "zipkin", kind: "zipkin", url, timeoutMs: 500 }] });

describe("what a real Prometheus scrapes", () => {
  it.each(PLANTED)("%s", async (name, _text, expected) => {
    const findings = await examine(prom({ queryScope: { case: name } }));
    expect(troubles(findings).toSorted()).toEqual(expected.toSorted());
    expect(findings.map(({ code }) => code)).toContain("reached");
    for (const { level, text, takesAway, mend } of findings.filter(isTrouble)) {
      expect([level, text, takesAway, mend]).toEqual([
        expect.any(String),
        expect.stringMatching(/^\S.*\.$/),
        expect.any(String),
        expect.any(String),
      ]);
    }
  });

  it("names both jobs that scrape one proxy", async () => {
    const [found] = (await examine(prom({ queryScope: { case: "twice" } }))).filter(({ level }) => level === "error");
    expect(found).toMatchObject({
      code: "scraped-twice",
      text: expect.stringMatching(/^1 proxy is scraped twice: pod shop\/cart-0 by (pods|mesh) at /),
    });
  });

  it("knows pods of one name in two clusters apart", async () => {
    const findings = await examine(prom({ queryScope: { case: "stateful" } }));
    expect(troubles(findings)).toEqual(["several-clusters"]);
  });

  it("names what of the scope leaves everything out", async () => {
    const findings = await examine(prom({ queryScope: { case: "Healthy" }, telemetry: ["istio"] }));
    expect(troubles(findings)).toEqual(["empty-scope"]);
    expect(findings.find(({ code }) => code === "empty-scope")).toMatchObject({
      text: expect.stringContaining('no series has case: "Healthy", but '),
      mend: 'Write queryScope: { case: "healthy" } for prom in weft.yaml, or take case out of it',
    });
    const [found] = (await examine(prom({ queryScope: { nobody: "has it" } }))).filter(isTrouble);
    expect(found).toMatchObject({ code: "empty-scope", text: expect.stringContaining("no series has the label nobody.") });
  });

  it("says which chosen telemetry is not there", async () => {
    const findings = await examine(prom({ queryScope: { case: "healthy" }, telemetry: ["istio", "service-graph"] }));
    expect(findings.filter(({ level }) => level === "error")).toMatchObject([
      { code: "no-service-graph", mend: expect.stringContaining("servicegraph connector") },
    ]);
  });

  it("tells of part of the series that lack a label", async () => {
    const findings = await examine(prom({ telemetry: ["istio"] }));
    expect(findings.find(({ code }) => code === "no-reporter")).toMatchObject({
      level: "warning",
      text: expect.stringMatching(/^1 of \d+ series/),
    });
  });

  it("says that it is scraped too seldom for the window", async () => {
    expect(await examine(prom({ url: past.url, queryScope: { case: "slow" } }))).toContainEqual(
      expect.objectContaining({
        level: "warning",
        code: "slow-scrape",
        text: expect.stringContaining("every 60 s"),
        mend: expect.stringContaining("scrape_interval"),
      }),
    );
  });

  it("says that it has stopped", async () => {
    expect(troubles(await examine(prom({ url: past.url, queryScope: { case: "stopped" } })))).toEqual(["stopped"]);
  });

  it("says what series hid when they were first seen, and nothing where they began with the store", async () => {
    const findings = await examine(prom({ url: past.url, queryScope: { case: "newborn" } }));
    expect(findings.find(({ code }) => code === "newborn-series")).toMatchObject({
      level: "info",
      text: expect.stringMatching(/held 500 when they were first seen, 8\d % of all/),
      mend: expect.stringContaining("scrape_interval"),
    });
    expect(troubles(await examine(prom({ url: past.url, queryScope: { case: "slow" } })))).not.toContain("newborn-series");
  });

  it("says how far back it reaches, as a fact", async () => {
    const young = await examine(prom({ queryScope: { case: "healthy" } }));
    expect(young.find(({ code }) => code === "short-history")).toMatchObject({
      level: "info",
      text: expect.stringMatching(/^Data of Istio's metrics of requests and connections reaches \d+ (s|min) back, to /),
      takesAway: expect.stringContaining("the part of longer windows that lies before"),
    });
    const hour = await examine(prom({ url: past.url, queryScope: { case: "slow" } }));
    expect(hour.find(({ code }) => code === "short-history")?.text).toMatch(/ reaches (59|6\d) min back, to /);
  });

  it("names whom a rule is about", async () => {
    const findings = await examine(prom({ queryScope: { case: "sidecar-to-ambient" } }));
    expect(findings.find(({ code }) => code === "http-untold")?.text).toMatch(/without a waypoint: shop\/orders\.$/);
  });

  it("names targets that it does not reach", async () => {
    const down = await startPrometheus({
      prometheus: await resolvePrometheus(),
      folder: join(folder, "down"),
      jobs: [{ name: "sidecars", targets: ["127.0.0.1:1"] }],
    });
    closing.push(() => down.stop());
    const targets = async (): Promise<string> => JSON.stringify(await (await fetch(`${down.url}/api/v1/targets`)).json());
    await expect.poll(targets, { timeout: 20_000 }).toContain('"health":"down"');
    const findings = await examine(prom({ url: down.url }));
    expect(troubles(findings)).toEqual(["nothing-there", "targets-down"]);
    expect(findings.at(-1)?.text).toMatch(/^1 of 1 targets do not answer it; of job sidecars: .*refused/);
  });
});

describe("what stands between Weft and the store", () => {
  it("tells that nothing listens from that the name is unknown", async () => {
    expect(troubles(await examine(prom({ url: "http://127.0.0.1:1" })))).toEqual(["refused"]);
    expect(troubles(await examine(prom({ url: "http://prometheus.invalid:9090" })))).toEqual(["unknown-host"]);
  });

  it.each<[string, Fault, string]>([
    ["who asks is not known", { kind: "status", status: 401, body: "no org id", mediaType: "text/plain" }, "unauthorized"],
    ["who asks may not", { kind: "status", status: 403, body: "" }, "forbidden"],
    ["the path is wrong", { kind: "status", status: 404, body: "404 page not found", mediaType: "text/plain" }, "wrong-path"],
    ["a login stands there", { kind: "status", status: 200, body: "<!doctype html><form>", mediaType: "text/html" }, "web-page"],
    ["it sends elsewhere", { kind: "status", status: 302, body: "" }, "redirected"],
    ["it is broken", { kind: "status", status: 500, body: "oops", mediaType: "text/plain" }, "server-error"],
    ["it hangs", { kind: "hang" }, "timeout"],
  ])("%s", async (_name, fault, code) => {
    const findings = await examine(prom({ url: await faulty(fault), timeoutMs: 500 }));
    expect(troubles(findings)).toEqual([code]);
    expect(findings[0]).toMatchObject({ level: "error", takesAway: "everything that prom would tell", mend: expect.any(String) });
  });

  it("tells an expired certificate from one that nobody vouches for", async () => {
    const codes: string[] = [];
    for (const validity of ["expired", "valid", "valid"] as const) {
      const { cert, key } = await selfSigned(validity);
      const proxy = await startFaultProxy({ target: live.url, nowMs: Date.now, tls: { cert, key } });
      closing.push(() => proxy.close());
      const caFile = join(folder, `${codes.length}.pem`);
      writeFileSync(caFile, codes.length === 1 ? (await selfSigned("valid")).cert : cert);
      codes.push(...troubles(await examine(prom({ url: proxy.url, caFile, queryScope: { case: "healthy" } }))));
    }
    expect(codes).toEqual(["tls-expired", "tls-untrusted"]);
  });

  it("says that it speaks no TLS, and that a file is missing", async () => {
    expect(troubles(await examine(prom({ url: live.url.replace("http:", "https:") })))).toEqual(["not-tls"]);
    expect(troubles(await examine(prom({ auth: { bearerTokenFile: join(folder, "none") } })))).toEqual(["secret-file"]);
    expect(troubles(await examine(prom({ caFile: join(folder, "none") })))).toEqual(["unusable"]);
  });

  it("sees that its clock is wrong", async () => {
    const proxy = await startFaultProxy({ target: live.url, nowMs: Date.now });
    closing.push(() => proxy.close());
    proxy.shiftClock(300_000);
    // What it says of times is by its own clock, too.
    proxy.set({ kind: "rewrite", rewrite: fiveMinutesLater });
    const findings = await examine(prom({ url: proxy.url, queryScope: { case: "healthy" } }));
    expect(troubles(findings)).toEqual(["clock-skew"]);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "clock-skew", level: "warning", text: expect.stringMatching(/(299|30[01]) s ahead/) }),
    );
  });

  it("sees that it keeps too little", async () => {
    const url = await faulty({ kind: "rewrite", rewrite: keepsTwoHours }, (path) => path.endsWith("/runtimeinfo"));
    const findings = await examine(prom({ url, queryScope: { case: "healthy" } }));
    expect(findings.filter(isTrouble)).toMatchObject([{ level: "warning", code: "short-retention", text: "It keeps only 2h." }]);
  });
});

describe("other sources", () => {
  it("examines places of traces", async () => {
    expect(troubles(await examine(traces("http://127.0.0.1:1")))).toEqual(["refused"]);
    expect(troubles(await examine(traces(await faulty({ kind: "status", status: 403, body: "" }))))).toEqual(["forbidden"]);
    expect(troubles(await examine(traces(await faulty({ kind: "status", status: 200, body: "[]" }))))).toEqual(["no-traces"]);
  });

  it("examines a Collector's own exposition", async () => {
    expect(troubles(await examine(collector("http://127.0.0.1:1/metrics")))).toEqual(["refused"]);
    expect(troubles(await examine(collector(`http://${exposition.target}/none`)))).toEqual(["wrong-path"]);
    expect(troubles(await examine(collector(`http://${exposition.target}/healthy`)))).toEqual(["nothing-there"]);
    expect(troubles(await examine(collector(`http://${exposition.target}/graph`)))).not.toContain("nothing-there");
  });

  it("examines a directory of proxies", async () => {
    expect(await examine({ proxiesDir: join(folder, "none") })).toMatchObject([
      { level: "error", code: "no-proxies", text: expect.stringContaining("does not exist") },
    ]);
    const proxiesDir = mkdtempSync(join(folder, "proxies-"));
    writeFileSync(join(proxiesDir, "web.json"), JSON.stringify({ id: "web-1", admin: "http://127.0.0.1:1" }));
    expect(await examine({ proxiesDir })).toMatchObject([
      { level: "error", code: "proxy-unreachable", text: expect.stringMatching(/^web-1 is unreachable: .*refused/) },
    ]);
  });
});
