import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { z } from "zod";

import { endpoints, type Endpoint } from "#lib/contract/endpoints.ts";
import { freePort } from "#peers/shared/free-port.ts";

const ROOT = resolve(import.meta.dirname, "..");
const START_LIMIT_MS = 180_000;

const State = z.object({
  url: z.string(),
  controlUrl: z.string(),
  xdsDir: z.string(),
  otlp: z.object({ http: z.string(), grpc: z.string(), zipkin: z.string() }),
  /** Where the store is that the console reads, where it reads one. */
  prometheusUrl: z.string().optional(),
  /** What any store of metrics would scrape. */
  scrape: z.object({
    intervalMs: z.number(),
    jobs: z.array(z.object({ name: z.string(), targets: z.array(z.string()), path: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
  proxies: z.array(
    z.object({ id: z.string(), namespace: z.string(), service: z.string(), version: z.string(), adminUrl: z.string(), pid: z.number() }),
  ),
});
export type DemoState = z.infer<typeof State>;

const LedgerEdge = z.object({
  source: z.string(),
  target: z.string(),
  version: z.string().nullable(),
  protocol: z.string(),
  count: z.number(),
  errors: z.number(),
  retries: z.number(),
  sent: z.number(),
  sentErrors: z.number(),
  neverArrived: z.number(),
  refused: z.number(),
  denied: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  posture: z.string().nullable(),
});
export type LedgerEdge = z.infer<typeof LedgerEdge>;
const Ledger = z.object({ from: z.string(), to: z.string(), edges: z.array(LedgerEdge) });

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => void setTimeout(done, ms));
}

/** Asks until the answer is there. Throws what was waited for when it never comes. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  limitMs = 30_000,
  everyMs = 100,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(everyMs);
  }
}

/** The API of a running console, answers checked against the contract. */
export class ConsoleApi {
  readonly url: string;
  private token: string | null = null;

  constructor(url: string) {
    this.url = url;
  }

  async get<E extends Endpoint>(endpoint: E, query: Record<string, string> = {}): Promise<z.output<E["value"]>> {
    const response = await fetch(this.address(endpoint, query));
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${endpoint.path} answered ${response.status}: ${JSON.stringify(body)}`);
    return endpoint.value.parse(body) as z.output<E["value"]>;
  }

  /** A write; answers the status and the body, whatever they are. */
  async post(endpoint: Endpoint, query: Record<string, string> = {}, body?: unknown): Promise<{ status: number; body: unknown }> {
    this.token ??= (await this.get(endpoints.getSession)).csrfToken;
    const response = await fetch(this.address(endpoint, query), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Weft-CSRF": this.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  private address(endpoint: Endpoint, query: Record<string, string>): string {
    return `${this.url}${endpoint.path}?${new URLSearchParams(query)}`;
  }
}

/** The demo with its console, started as a user starts it, in a run directory of its own. */
export class DemoMesh {
  readonly state: DemoState;
  readonly api: ConsoleApi;
  readonly runDir: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, runDir: string, state: DemoState) {
    this.child = child;
    this.runDir = runDir;
    this.state = state;
    this.api = new ConsoleApi(state.url);
  }

  /** `prometheus`: the console reads a Prometheus that scrapes the mesh, and nothing else. */
  static async start(options: { rps?: number; prometheus?: boolean } = {}): Promise<DemoMesh> {
    const runDir = await mkdtemp(join(tmpdir(), "weft-demo-"));
    const [port, controlPort] = [await freePort(), await freePort()];
    const child = spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        "cli/main.ts",
        "demo",
        "--no-open",
        "--run-dir",
        runDir,
        "--port",
        String(port),
        "--control-port",
        String(controlPort),
        "--rps",
        String(options.rps ?? 60),
        ...(options.prometheus === true ? ["--prometheus"] : []),
      ],
      { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] },
    );
    const state = await until(
      "the demo's state.json",
      async () => {
        if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}`);
        const text = await readFile(join(runDir, "state.json"), "utf8").catch(() => null);
        return text === null ? null : State.parse(JSON.parse(text));
      },
      START_LIMIT_MS,
    );
    const mesh = new DemoMesh(child, runDir, state);
    await until("/readyz", async () => (await fetch(`${state.url}/readyz`)).ok);
    return mesh;
  }

  async ledger(fromMs: number, toMs: number): Promise<LedgerEdge[]> {
    const response = await fetch(`${this.state.controlUrl}/ledger?from=${fromMs}&to=${toMs}`);
    return Ledger.parse(await response.json()).edges;
  }

  async faults(change: unknown): Promise<void> {
    const response = await fetch(`${this.state.controlUrl}/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(change),
    });
    if (!response.ok) throw new Error(`faults answered ${response.status}: ${await response.text()}`);
  }

  /** Pauses the load and waits until no request is under way any more: two equal ledgers, two seconds apart. */
  async drain(): Promise<void> {
    await this.faults({ load: "paused" });
    const total = async (): Promise<string> => {
      const edges = await this.ledger(0, Date.now() + 60_000);
      return JSON.stringify(edges.map((edge) => [edge.count, edge.errors, edge.sent, edge.neverArrived]));
    };
    let before = await total();
    await until(
      "the load to drain",
      async () => {
        await sleep(2_000);
        const after = await total();
        const isQuiet = after === before;
        before = after;
        return isQuiet;
      },
      60_000,
    );
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise<void>((done) => void this.child.once("exit", () => done()));
      this.child.kill("SIGTERM");
      await ended;
    }
    await rm(this.runDir, { recursive: true, force: true });
  }
}
