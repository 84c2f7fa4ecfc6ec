import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import { sendWithPython } from "#peers/opentelemetry-python/send.ts";
import { freePort } from "#peers/shared/free-port.ts";

import { startConsole } from "./console-process.ts";
import type { ConsoleApi } from "./demo-mesh.ts";

const ROOT = resolve(import.meta.dirname, "..");
const TRACES = 150;
const CHILDREN = 3;

/** The SDK for JavaScript in a process of its own, as an application has it. */
function sendWithNode(protocol: "http" | "grpc", endpoint: string, service: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "acceptance/send-spans.ts", protocol, endpoint, String(TRACES), String(CHILDREN), service],
    { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] },
  );
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => (code === 0 ? done() : failed(new Error(`the sender ended with ${code}`))));
  });
}

describe("what real SDKs send", () => {
  let child: ChildProcess;
  let ended: Promise<void>;
  let api: ConsoleApi;
  let dataDir: string;
  let http: string;
  let grpc: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "weft-senders-"));
    const [port, httpPort, grpcPort] = [await freePort(), await freePort(), await freePort()];
    http = `http://127.0.0.1:${httpPort}`;
    grpc = `127.0.0.1:${grpcPort}`;
    const flags = ["--data-dir", dataDir, "--otlp-http", httpPort, "--otlp-grpc", grpcPort, "--zipkin", "off"];
    ({ api, child, ended } = await startConsole({ port, flags, readyPath: "/healthz", limitMs: 120_000 }));
  });
  afterAll(async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each([
    ["JavaScript", "http", () => sendWithNode("http", http, "node-http")],
    ["JavaScript", "grpc", () => sendWithNode("grpc", grpc, "node-grpc")],
    [
      "Python",
      "http",
      () => sendWithPython({ protocol: "http", endpoint: http, traces: TRACES, children: CHILDREN, service: "python-http" }),
    ],
    [
      "Python",
      "grpc",
      () => sendWithPython({ protocol: "grpc", endpoint: grpc, traces: TRACES, children: CHILDREN, service: "python-grpc" }),
    ],
  ] as const)("%s over %s: as many spans are found as were sent", { timeout: 240_000 }, async (language, protocol, send) => {
    await send();
    const service = `${language === "Python" ? "python" : "node"}-${protocol}`;
    const { value } = await api.get(endpoints.findTraces, { service: `senders/${service}`, limit: "1000" });
    expect(value.items).toHaveLength(TRACES);
    expect(value.hasMore).toBe(false);
    expect(value.items.reduce((sum, trace) => sum + trace.spans, 0)).toBe(TRACES * (1 + CHILDREN));
    expect(value.items.every((trace) => trace.hasRoot && trace.root.operation === "root")).toBe(true);
    const operations = await api.get(endpoints.listOperations, { id: `senders/${service}` });
    expect(Object.fromEntries(operations.value.items.map((one) => [one.operation, one.count]))).toEqual({
      root: TRACES,
      work: TRACES * CHILDREN,
    });
  });
});
