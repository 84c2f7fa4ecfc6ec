import type { ChildProcess } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints, type Endpoint } from "#lib/contract/endpoints.ts";
import { freePort } from "#peers/shared/free-port.ts";

import { startConsole } from "./console-process.ts";
import { type ConsoleApi, DemoMesh, sleep, until } from "./demo-mesh.ts";
import { TamperingAdmin } from "./tampering-admin.ts";

/** Proxies whose admin is tampered with; between them they have every kind of configuration. */
const TAMPERED = ["gateway", "frontend", "payments", "ledger"];

describe("secrets of proxies stay on the server", () => {
  let mesh: DemoMesh;
  let child: ChildProcess;
  let api: ConsoleApi;
  let log = "";
  let dataDir: string;
  let keys: string[];
  const admins: TamperingAdmin[] = [];
  const proxyIds: string[] = [];

  beforeAll(async () => {
    mesh = await DemoMesh.start();
    dataDir = join(mesh.runDir, "tampered-data");
    const proxiesDir = join(mesh.runDir, "tampered");
    await mkdir(proxiesDir);
    for (const service of TAMPERED) {
      const proxy = mesh.state.proxies.find((one) => one.service === service);
      if (proxy === undefined) throw new Error(`no proxy of ${service}`);
      const admin = new TamperingAdmin(proxy.adminUrl);
      admins.push(admin);
      proxyIds.push(proxy.id);
      await writeFile(join(proxiesDir, `${proxy.id}.json`), JSON.stringify({ id: proxy.id, admin: await admin.listen() }));
    }
    keys = await realKeys(join(mesh.runDir, "mesh", "certs")).catch(() => realKeys(join(mesh.runDir, "certs")));
    const port = await freePort();
    const folders = ["--proxies", proxiesDir, "--routes", mesh.state.xdsDir, "--data-dir", dataDir];
    const flags = [...folders, "--telemetry-otlp", mesh.state.otlp.http];
    ({ api, child } = await startConsole({ port, flags, readyPath: "/readyz", limitMs: 60_000, onOutput: (text) => (log += text) }));
    await until("the proxies' configuration", async () => (await api.get(endpoints.getSecurity)).value.certificates.length > 0);
  }, 240_000);

  afterAll(async () => {
    child?.kill("SIGTERM");
    await Promise.all(admins.map((admin) => admin.close()));
    await mesh?.stop();
  });

  it("answers, logs, files and exports hold none of at least 200 planted ones", { timeout: 120_000 }, async () => {
    const proxies = await Promise.all(proxyIds.map((id) => text("/api/proxy", { id })));
    // The views must be there, with their secrets masked: else nothing would be proven.
    for (const proxy of proxies) {
      expect(proxy).toContain("(masked)");
      expect(proxy).toContain("HttpConnectionManager");
    }
    await sleep(2_000);
    const everything = [...proxies, ...(await allAnswers()), await text("/metrics"), log, ...(await filesIn(dataDir))];
    const planted = admins.flatMap((admin) => [...admin.planted]);
    expect(planted.length).toBeGreaterThanOrEqual(200);
    expect(planted.filter((secret) => everything.some((one) => one.includes(secret)))).toEqual([]);
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((key) => everything.some((one) => one.includes(key)))).toEqual([]);
  });

  /** The first answer of the live stream as well: it never ends by itself. */
  async function allAnswers(): Promise<string[]> {
    const answers: string[] = [];
    const { items } = (await api.get(endpoints.listServices)).value;
    const queries: Record<string, Record<string, string>[]> = {
      "/api/red": [{ subject: "mesh" }],
      "/api/service": items.map(({ id }) => ({ id })),
      "/api/operations": items.map(({ id }) => ({ id })),
      "/api/exemplars": items.map(({ id }) => ({ subject: `service:${id}` })),
      "/api/security/what-if": [{ scope: "mesh" }, ...items.map(({ id }) => ({ scope: `workload:${id}` }))],
      "/api/security/export": ["edges", "workloads", "certificates", "events", "refusals", "authorization"].flatMap((table) =>
        ["csv", "json"].map((format) => ({ table, format })),
      ),
      "/api/route": (await api.get(endpoints.listRoutes)).value.items.map(({ id }) => ({ id })),
      "/api/proxy": proxyIds.map((id) => ({ id })),
    };
    const all: Endpoint[] = Object.values(endpoints);
    for (const { method, path } of all) {
      if (method !== "GET" || path === "/api/live") continue;
      for (const query of queries[path] ?? [{}]) answers.push(await text(path, query));
    }
    const live = await fetch(`${api.url}/api/live`);
    const reader = live.body?.getReader();
    for (let chunks = 0; chunks < 3; chunks++) answers.push(new TextDecoder().decode((await reader?.read())?.value));
    await reader?.cancel();
    return answers;
  }

  async function text(path: string, query: Record<string, string> = {}): Promise<string> {
    return (await fetch(`${api.url}${path}?${new URLSearchParams(query)}`)).text();
  }
});

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")));
}

/** The middle line of every private key of the demo: enough to know it by. */
async function realKeys(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith("-key.pem"));
  const pems = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return pems.map((pem) => pem.split("\n")[1] ?? "").filter((line) => line.length > 40);
}
