import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import { freePort } from "#peers/shared/free-port.ts";

import { startConsole, type ConsoleProcess } from "./console-process.ts";
import { sleep, until } from "./demo-mesh.ts";

const isLong = process.env["WEFT_TEST_LONG"] === "1";
const KILLS = isLong ? 100 : 5;
const SENDERS = 4;
const SPANS_PER_REQUEST = 20;

/** Where the moments of the kills come from: every run tries others, and a failing one says which. */
const SEED = Number(process.env["WEFT_TEST_SEED"] ?? Date.now() % 1_000_000);

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** One trace of a root and its calls, as an OTLP request in JSON. */
function traceRequest(traceId: string): string {
  const root = randomBytes(8).toString("hex");
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_unused, index) => ({
    traceId,
    spanId: index === 0 ? root : randomBytes(8).toString("hex"),
    ...(index === 0 ? {} : { parentSpanId: root }),
    name: `call ${index}`,
    kind: 2,
    startTimeUnixNano: String(nowNs + BigInt(index)),
    endTimeUnixNano: String(nowNs + BigInt(index) + 1_000_000n),
    attributes: [{ key: "index", value: { intValue: String(index) } }],
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "sender" } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

/** Sends one request; true only when the whole answer came and said that it was taken. */
function send(agent: Agent, url: string, body: string): Promise<boolean> {
  return new Promise((done) => {
    const outgoing = request(`${url}/v1/traces`, { method: "POST", agent, headers: { "content-type": "application/json" } }, (answer) => {
      answer.on("error", () => done(false));
      answer.on("end", () => done(answer.statusCode === 200));
      answer.resume();
    });
    outgoing.on("error", () => done(false));
    outgoing.end(body);
  });
}

describe("kill -9 while spans come in", () => {
  let dataDir: string;
  let port: number;
  let otlpPort: number;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "weft-spans-"));
    [port, otlpPort] = [await freePort(), await freePort()];
  });
  let running: ChildProcess | null = null;
  afterAll(async () => {
    running?.kill("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<ConsoleProcess> {
    const flags = ["--data-dir", dataDir, "--otlp-http", otlpPort, "--otlp-grpc", "off", "--zipkin", "off"];
    const console = await startConsole({ port, flags, readyPath: "/healthz", limitMs: 180_000, everyMs: 20 });
    running = console.child;
    return console;
  }

  it(`loses no span that it acknowledged, killed ${KILLS} times (seed ${SEED})`, { timeout: isLong ? 1_800_000 : 240_000 }, async () => {
    const random = randomFrom(SEED);
    const acknowledged: string[] = [];
    let unchecked: string[] = [];
    let sent = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { api, child, ended } = await start();
      // What an earlier life acknowledged is there, whole.
      for (const id of unchecked) {
        const { value } = await api.get(endpoints.getTrace, { id });
        expect(value.spans.length, `trace ${id} after kill ${kill}`).toBe(SPANS_PER_REQUEST);
      }
      unchecked = [];
      const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
      const life = new AbortController();
      const flood = Array.from({ length: SENDERS }, async () => {
        while (!life.signal.aborted) {
          const id = randomBytes(16).toString("hex");
          sent++;
          if (await send(agent, `http://127.0.0.1:${otlpPort}`, traceRequest(id))) unchecked.push(id);
        }
      });
      await until("the first acknowledgement", async () => unchecked.length > 0, 20_000, 1);
      await sleep(random() * 400);
      child.kill("SIGKILL");
      await ended;
      life.abort();
      await Promise.all(flood);
      agent.destroy();
      acknowledged.push(...unchecked);
    }
    const { api, child, ended } = await start();
    try {
      // At the end all lives are looked at once more: a later one must not lose what an earlier one wrote.
      let missing = 0;
      for (const id of acknowledged) {
        const trace = await api.get(endpoints.getTrace, { id }).catch(() => null);
        if (trace?.value.spans.length !== SPANS_PER_REQUEST) missing++;
      }
      console.log(`${KILLS} kills: ${sent} requests sent, ${acknowledged.length} acknowledged, ${missing} of them not whole`);
      expect(missing).toBe(0);
      expect(acknowledged.length).toBeGreaterThan(KILLS);
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
  });
});
