import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FaultsReport } from "./faults/controller.ts";
import type { LedgerRow } from "./ledger/ledger.ts";
import type { Posture } from "./posture/posture.ts";
import { bornAt } from "./supervisor/process-identity.ts";

/** The real mesh, once for the whole file: fifteen Envoys and their applications. */
const root = mkdtempSync(join(tmpdir(), "demo-mesh-"));
const runDir = join(root, "run");
let demo: ChildProcess;

interface MeshFile {
  readonly controlUrl: string;
  readonly ingressUrl: string;
  readonly routesDir: string;
  readonly caFile: string;
  readonly proxies: readonly { id: string; service: string; version: string; adminUrl: string; pid: number }[];
}

const mesh = (): MeshFile => JSON.parse(readFileSync(join(runDir, "mesh.json"), "utf8"));

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>, limitMs = 60_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(50);
  }
  throw new Error(`${what} did not happen in time`);
}

async function setFaults(faults: unknown): Promise<FaultsReport> {
  const response = await fetch(`${mesh().controlUrl}/faults`, { method: "POST", body: JSON.stringify(faults) });
  const report: FaultsReport = JSON.parse(await response.text());
  expect(response.status, JSON.stringify(report)).toBe(200);
  return report;
}

async function ledger(query = ""): Promise<LedgerRow[]> {
  const response = await fetch(`${mesh().controlUrl}/ledger${query}`);
  const { edges }: { edges: LedgerRow[] } = JSON.parse(await response.text());
  return edges;
}

async function posture(): Promise<Posture> {
  return JSON.parse(await (await fetch(`${mesh().controlUrl}/posture`)).text());
}

/** The edges to ledger as they stand now. */
async function edgesToLedger(): Promise<Posture["edges"]> {
  return (await posture()).edges.filter(({ target }) => target === "ledger");
}

/** Serials of the certificates that a service's proxies present; several as long as not all of them have taken up a new one. */
async function presented(service: string): Promise<string[]> {
  const answers = mesh()
    .proxies.filter((proxy) => proxy.service === service)
    .map(async ({ adminUrl }) => {
      const { certificates }: { certificates: { cert_chain?: { serial_number: string }[] }[] } = JSON.parse(
        await (await fetch(`${adminUrl}/certs`)).text(),
      );
      return certificates.flatMap(({ cert_chain = [] }) => cert_chain.map(({ serial_number }) => serial_number));
    });
  return [...new Set((await Promise.all(answers)).flat())];
}

/** What ledger's proxy counted by itself, a name and its labels as one text each. */
async function countedAtLedger(filter: string): Promise<Map<string, number>> {
  const { adminUrl } = mesh().proxies.find(({ service }) => service === "ledger") ?? { adminUrl: "" };
  const text = await (await fetch(`${adminUrl}/stats/prometheus?usedonly&filter=${filter}`)).text();
  return new Map([...text.matchAll(/^envoy_(.*) (\d+)$/gm)].map(([, name = "", value = ""]) => [name, Number(value)]));
}

/** Certificates that it refused for their name. */
async function wrongNamesAtLedger(): Promise<number | undefined> {
  return (await countedAtLedger("fail_verify_san")).get('listener_ssl_fail_verify_san{envoy_listener_address="inbound"}');
}

/** Its records of handshakes with the stranger's address, a count for each set of labels. */
async function strangersAtLedger(): Promise<number[]> {
  return [...(await countedAtLedger("handshakes"))].flatMap(([name, value]) => (name.includes('weft_addr="127.0.1.13"') ? [value] : []));
}

function policyCount(counts: ReadonlyMap<string, number>, policy: string): number {
  return [...counts].reduce((sum, [name, value]) => sum + (name.includes(`policy_name="${policy}"`) ? value : 0), 0);
}

interface Sample {
  readonly proxy: string;
  readonly service: string;
  readonly version: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function scrape(): Promise<Sample[]> {
  const perProxy = mesh().proxies.map(async ({ id, service, version, adminUrl }) => {
    const text = await (await fetch(`${adminUrl}/stats/prometheus?usedonly&filter=weft`)).text();
    return [...text.matchAll(/^envoy_weft_(\w+_total)\{(.*)\} (\d+)$/gm)].map(([, name = "", labels = "", value = ""]): Sample => {
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", text = ""]) => [key, text]);
      return { proxy: id, service, version, name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
  });
  return (await Promise.all(perProxy)).flat();
}

/** Calls per edge as the proxies counted them: at the destination, or at the source for the one that has no proxy. */
function edgesOf(samples: readonly Sample[]): Map<string, { count: number; errors: number }> {
  const edges = new Map<string, { count: number; errors: number }>();
  for (const sample of samples) {
    const key = edgeOf(sample);
    if (key === undefined) continue;
    const known = edges.get(key) ?? { count: 0, errors: 0 };
    edges.set(key, { count: known.count + sample.value, errors: known.errors + (isError(sample) ? sample.value : 0) });
  }
  return edges;
}

function edgeOf({ name, labels, service, version }: Sample): string | undefined {
  const caller = (labels["weft_peer"] ?? "").split("/").at(-1) || (labels["weft_addr"] === "127.0.1.12" ? "legacy-report" : "internet");
  if (name === "inbound_requests_total" && ["", "-", "1"].includes(labels["weft_attempt"] ?? "")) return `${caller}>${service}@${version}`;
  if (name === "inbound_connections_total" && labels["weft_type"] === "TcpUpstreamConnected") return `${caller}>${service}@${version}`;
  if (name === "outbound_requests_total" && labels["weft_cluster"] === "outbound|443||card-network") return `${service}>card-network@`;
  return undefined;
}

function isError({ labels }: Sample): boolean {
  return Number(labels["weft_code"] ?? 200) >= 500 || ["2", "4", "8", "12", "13", "14", "15"].includes(labels["weft_grpc"] ?? "");
}

/** The demo's process and all below it. */
function processes(): number[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(statOf(Number(name))[1])]),
  );
  const members = new Set([demo.pid ?? 0]);
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.add(pid);
  return [...members];
}

/** A process that ended but was not yet waited for is gone, too. */
function isGone(pid: number): boolean {
  const [state = "Z"] = statOf(pid);
  return state === "Z";
}

/** State, parent and so on (proc(5), from the third field), or nothing when there is no such process. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function start(): void {
  const main = resolve(import.meta.dirname, "main.ts");
  demo = spawn(process.execPath, [main, "--run-dir", runDir, "--control-port", "0", "--rps", "40", "--exit-with-parent"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
}

beforeAll(async () => {
  start();
  // The first run on a machine fetches Envoy.
  await until("the mesh", () => existsSync(join(runDir, "mesh.json")), 110_000);
});

afterAll(() => {
  demo.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

describe.runIf(process.platform === "linux")("the demo mesh", () => {
  it("names its parts for those who watch it", () => {
    const { proxies } = mesh();
    expect(proxies).toHaveLength(15);
    for (const { id, adminUrl } of proxies) {
      expect(JSON.parse(readFileSync(join(runDir, "proxies", `${id}.json`), "utf8"))).toMatchObject({ id, admin: adminUrl });
    }
    expect(JSON.parse(readFileSync(join(runDir, "proxies", "ledger-v1-0.payments.json"), "utf8"))).toMatchObject({
      knownAddresses: {
        "127.0.1.12": { service: "legacy-report" },
        "127.0.1.13": { service: "rogue-job" },
        "127.0.1.14": { service: "audit-export" },
      },
    });
  });

  it("counts in its ledger exactly what its proxies count, on every edge and no other", async () => {
    await until("traffic on all edges", async () => (await ledger()).length >= 17);
    const report = await setFaults({ load: "paused" });
    expect(report.drained).toBe(true);
    const rows = await ledger();
    const own = Object.fromEntries(
      rows.map((row) => [`${row.source}>${row.target}@${row.version ?? ""}`, { count: row.count + row.denied, errors: row.errors }]),
    );
    expect(rows).toHaveLength(17);
    // A proxy writes its last record a moment after the answer has left.
    await expect.poll(async () => Object.fromEntries(edgesOf(await scrape())), { timeout: 5_000 }).toEqual(own);
    const of = (source: string) => rows.find((row) => row.source === source && row.target === "ledger");
    expect(of("checkout")).toMatchObject({ count: 0, neverArrived: 0, sentErrors: 0 });
    expect(of("checkout")?.denied).toBe(of("checkout")?.sent);
    const counts = await countedAtLedger("rbac");
    const policies = (await posture()).policies.map(({ name }) => [name, policyCount(counts, name)]);
    const plaintext = of("legacy-report")?.count;
    expect(Object.fromEntries(policies)).toEqual({
      "no-direct-reads": of("checkout")?.denied,
      payments: of("payments")?.count,
      "callers-without-identity": plaintext,
      "left-over": 0,
      "would-deny-without-identity": plaintext,
    });
    await setFaults({ load: "running" });
  });

  it("answers windows of the ledger, and refuses what is no window", async () => {
    const empty = await ledger(`?to=${new Date(0).toISOString()}`);
    expect(empty).toEqual([]);
    const response = await fetch(`${mesh().controlUrl}/ledger?from=soon`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ field: "from", code: "INVALID" });
  });

  it("applies nothing of a request that is wrong in part", async () => {
    const response = await fetch(`${mesh().controlUrl}/faults`, { method: "POST", body: '{"rps": 7, "apps": {"nobody": "stopped"}}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field: "apps.nobody" });
    expect(await (await fetch(`${mesh().controlUrl}/faults`)).json()).toMatchObject({ rps: 40 });
  });

  it("does not let a page in a browser break it", async () => {
    const response = await fetch(`${mesh().controlUrl}/faults`, {
      method: "POST",
      body: '{"load":"paused"}',
      headers: { origin: "https://elsewhere.example" },
    });
    expect(response.status).toBe(403);
  });

  it("ignores an attempt count and a caller's name that come from outside", async () => {
    const status = await new Promise((done, failed) => {
      const headers = { "x-envoy-attempt-count": "9", "x-demo-caller": "nobody", host: "shop.demo.mesh" };
      const call = request(mesh().ingressUrl, { ca: readFileSync(mesh().caFile), headers }, (response) => {
        response.resume();
        done(response.statusCode);
      });
      call.once("error", failed).end();
    });
    expect(status).toBe(200);
    const strange = (await scrape()).filter(
      ({ service, labels }) => (service === "gateway" || service === "frontend") && labels["weft_attempt"] === "9",
    );
    expect(strange).toEqual([]);
    expect((await ledger()).filter((row) => row.source === "nobody")).toEqual([]);
  });

  it("moves its traffic when a route file is replaced", async () => {
    const path = join(mesh().routesDir, "reviews.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(`${path}.draft`, text.replace("weight: 90", "weight: 100").replace("weight: 10 }", "weight: 0 }"));
    renameSync(`${path}.draft`, path);
    await sleep(1_000);
    const from = Date.now();
    await until("calls of reviews", async () => ((await ledger(`?from=${from}`)).find((row) => row.target === "reviews")?.count ?? 0) > 20);
    // Calls that began before the change may still end now; those that v2 got after it would be many.
    const toV2 = (await ledger(`?from=${from}`)).filter((row) => row.target === "reviews" && row.version === "v2");
    expect(toV2.reduce((sum, row) => sum + row.count, 0)).toBeLessThan(3);
    writeFileSync(`${path}.draft`, text);
    renameSync(`${path}.draft`, path);
  });

  it("presents what it says that it issued, and loses no call when that is replaced", async () => {
    await setFaults({ load: "paused" });
    const from = Date.now();
    await setFaults({ load: "running" });
    for (const service of ["frontend", "cart", "payments", "ledger", "kv"]) {
      await setFaults({ certificates: { [service]: "valid" } });
      const issued = (await posture()).certificates.find((one) => one.service === service)?.serial;
      await expect.poll(() => presented(service), { timeout: 5_000 }).toEqual([issued]);
    }
    // Until every connection that stood before has been made anew.
    await sleep(12_000);
    await setFaults({ load: "paused" });
    const rows = await ledger(`?from=${from}`);
    expect(rows.length).toBeGreaterThan(14);
    // A service fails now and then by itself, and says so; catalog's failures are tried again.
    const lost = rows.filter((row) => row.target !== "catalog" && (row.neverArrived > 0 || row.sentErrors !== row.errors));
    expect(lost).toEqual([]);
    await setFaults({ load: "running" });
  });

  it("has a stranger's certificate refused, always, by the side that is called", async () => {
    const from = Date.now();
    await setFaults({ wrongSanCaller: true });
    const told = async () => (await ledger(`?from=${from}`)).find((row) => row.source === "rogue-job");
    await until("three calls", async () => ((await told())?.sent ?? 0) >= 3);
    // Nothing is on its way when the counts are compared.
    await setFaults({ wrongSanCaller: false, load: "paused" });
    const { sent = 0, ...row } = (await told()) ?? {};
    expect(row).toMatchObject({ count: 0, sentErrors: sent, neverArrived: sent, refused: sent, posture: "refused" });
    // A proxy counts and writes its record a moment after the connection is gone.
    await expect.poll(wrongNamesAtLedger, { timeout: 5_000 }).toBe(sent);
    await expect.poll(strangersAtLedger, { timeout: 5_000 }).toEqual([sent]);
    await setFaults({ load: "running" });
  });

  it("refuses exactly the callers in plaintext once its listener file takes none, and takes them again", async () => {
    const path = join(runDir, "listeners", "ledger-v1-0.payments.json");
    const text = readFileSync(path, "utf8");
    await setFaults({ secondPlaintextCaller: true });
    const served = async (source: string, from: number) =>
      (await ledger(`?from=${from}`)).some((row) => row.source === source && row.target === "ledger" && row.count > 0);
    await until("the second caller", () => served("audit-export", 0));
    expect((await edgesToLedger()).filter(({ observed }) => observed === "plaintext").map(({ source }) => source)).toEqual([
      "legacy-report",
      "audit-export",
    ]);
    const file = JSON.parse(text);
    const inbound = file.resources.find((resource: { name: string }) => resource.name === "inbound");
    inbound.filter_chains = inbound.filter_chains.filter((chain: object) => "transport_socket" in chain);
    writeFileSync(`${path}.draft`, JSON.stringify(file));
    renameSync(`${path}.draft`, path);
    // Connections that stood are told to close with their next answer.
    await sleep(5_000);
    const from = Date.now();
    await until("refused calls", async () => (await ledger(`?from=${from}`)).filter((row) => row.refused > 1).length === 2);
    const rows = (await ledger(`?from=${from}`)).filter((row) => row.target === "ledger");
    for (const row of rows.filter(({ posture }) => posture === "plaintext")) {
      expect(row).toMatchObject({ count: 0, sentErrors: row.sent, neverArrived: row.sent, refused: row.sent });
    }
    expect(rows.find(({ source }) => source === "payments")).toMatchObject({ neverArrived: 0, sentErrors: 0 });
    expect((await edgesToLedger()).map(({ source, declaredServer, refused }) => [source, declaredServer, refused?.reason])).toEqual([
      ["checkout", "strict", undefined],
      ["payments", "strict", undefined],
      ["legacy-report", "strict", "plaintext"],
      ["audit-export", "strict", "plaintext"],
    ]);
    writeFileSync(`${path}.draft`, text);
    renameSync(`${path}.draft`, path);
    const back = Date.now();
    await until("legacy-report to be served again", () => served("legacy-report", back));
    await setFaults({ secondPlaintextCaller: false });
  });

  it("kills a proxy and brings it back", async () => {
    const before = mesh().proxies.find(({ service }) => service === "cart")?.pid ?? 0;
    await setFaults({ proxies: { "cart-v1-0.shop": "killed" } });
    expect(bornAt(before)).toBeUndefined();
    const from = Date.now();
    await until("a call that never arrives", async () =>
      (await ledger(`?from=${from}`)).find((row) => row.target === "cart" && row.neverArrived > 0),
    );
    expect((await setFaults({ proxies: { "cart-v1-0.shop": "running" } })).proxies["cart-v1-0.shop"]).toBe("running");
    expect(mesh().proxies.find(({ service }) => service === "cart")?.pid).not.toBe(before);
    const again = Date.now();
    await until("a call that arrives", async () => (await ledger(`?from=${again}`)).find((row) => row.target === "cart" && row.count > 0));
  });

  it("leaves no process behind when it is killed, frozen proxies included", async () => {
    await setFaults({ proxies: { "kv-v1-0.shop": "frozen" } });
    const all = processes();
    // Fifteen proxies, four application processes, the reaper and the demo itself.
    expect(all).toHaveLength(21);
    demo.kill("SIGKILL");
    await expect.poll(() => all.filter((pid) => !isGone(pid)), { timeout: 10_000 }).toEqual([]);
  });

  it("starts again in the same folder, and ends when its parent's pipe closes", async () => {
    rmSync(join(runDir, "mesh.json"), { force: true });
    start();
    await until("the mesh", () => existsSync(join(runDir, "mesh.json")));
    const all = processes();
    const ended = new Promise((done) => void demo.once("exit", done));
    demo.stdin?.end();
    expect(await ended).toBe(0);
    await expect.poll(() => all.filter((pid) => !isGone(pid)), { timeout: 10_000 }).toEqual([]);
    expect(existsSync(join(runDir, "mesh.json"))).toBe(false);
  });
});
