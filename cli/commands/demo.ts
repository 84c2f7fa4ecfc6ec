import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

import { z } from "zod";

import { WeftError } from "#lib/model/errors.ts";
import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import { parseOptions, type Options } from "#server/config/options.ts";
import { startWeft } from "#server/weft.ts";

import { buildUi, UI_DIR } from "../build/build-ui.ts";
import { openBrowser } from "../open-browser.ts";
import { parseFlags } from "../parse-flags.ts";
import { untilStopped } from "../until-stopped.ts";

/** How long the mesh may take to come up, fetching its proxy included. */
const MESH_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 50;

/** What the demo mesh says of itself once it is up; see demo/README.md. */
const MeshState = z.object({
  controlUrl: z.string(),
  routesDir: z.string(),
  listenersDir: z.string(),
  proxiesDir: z.string(),
  /** Of the store that scrapes the mesh, where one was asked for. */
  prometheusUrl: z.string().optional(),
  scrape: z.object({
    intervalMs: z.number(),
    jobs: z.array(z.object({ name: z.string(), targets: z.array(z.string()), path: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
  proxies: z.array(
    z.object({ id: z.string(), namespace: z.string(), service: z.string(), version: z.string(), adminUrl: z.string(), pid: z.number() }),
  ),
});
type MeshState = z.infer<typeof MeshState>;

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

const wait = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

/** Waits for the mesh's own state file. Its process ending first is the error, with its own last words above. */
async function untilUp(child: ChildProcess, path: string): Promise<MeshState> {
  const deadline = performance.now() + MESH_LIMIT_MS;
  while (performance.now() < deadline) {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text !== null) return MeshState.parse(JSON.parse(text));
    if (child.exitCode !== null) throw new WeftError("INTERNAL", "The demo mesh did not start", { mend: "Read the lines above" });
    await wait(LOOK_EVERY_MS);
  }
  throw new WeftError("TIMEOUT", "The demo mesh did not come up in three minutes", { mend: `See the logs beside ${path}` });
}

async function writeState(runDir: string, state: object): Promise<void> {
  const path = join(runDir, "state.json");
  await writeFile(`${path}.tmp`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/** The console asks every proxy, and may write what they read. */
async function byProxies({ proxiesDir, routesDir, listenersDir }: MeshState): Promise<Partial<Options>> {
  return { proxiesDir, routesDir, listenersDir, validateBinary: (await resolveEnvoy()).path };
}

/** The console knows what the store knows, and no proxy. */
function byPrometheus(url: string): Partial<Options> {
  return { metricsSources: [{ id: "prometheus", kind: "prometheus", url, timeoutMs: 10_000 }] };
}

/** `./weft demo`: a real mesh on this machine and the console over it, in the foreground. */
export async function demo(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, {
    port: "string",
    "control-port": "string",
    rps: "string",
    seed: "string",
    "run-dir": "string",
    "no-open": "boolean",
    "data-dir": "string",
    "show-weft": "boolean",
    prometheus: "boolean",
  });
  const runDir = resolve(flags["run-dir"] ?? ".weft/demo");
  const isByPrometheus = flags.prometheus === true;
  await buildUi();
  await mkdir(runDir, { recursive: true });
  await Promise.all(["mesh.json", "state.json"].map((file) => rm(join(runDir, file), { force: true })));

  const otlp = { http: await freePort(), grpc: await freePort() };
  const options = parseOptions({
    port: flags.port,
    dataDir: flags["data-dir"] ?? join(runDir, "data"),
    otlpHttp: otlp.http,
    otlpGrpc: otlp.grpc,
    zipkin: 0,
    // Weft among the services of its own mesh: its spans go where all the others go.
    telemetryOtlp: flags["show-weft"] === true ? `http://127.0.0.1:${otlp.http}` : undefined,
  });
  const child = spawn(
    process.execPath,
    [
      "demo/main.ts",
      "--run-dir",
      runDir,
      "--control-port",
      flags["control-port"] ?? "4601",
      "--rps",
      flags.rps ?? "60",
      "--seed",
      flags.seed ?? "1",
      // A console that reads a store of metrics shows what that holds, and nothing of its own.
      ...(isByPrometheus ? ["--prometheus"] : ["--otlp-http", `127.0.0.1:${otlp.http}`, "--otlp-grpc", `127.0.0.1:${otlp.grpc}`]),
      "--exit-with-parent",
    ],
    { stdio: ["pipe", "inherit", "inherit"] },
  );
  const stopMesh = (): Promise<void> =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once("exit", () => done());
      child.kill("SIGTERM");
    });
  try {
    const mesh = await untilUp(child, join(runDir, "mesh.json"));
    const weft = await startWeft({
      ...options,
      meshName: "demo-shop",
      ...(mesh.prometheusUrl === undefined ? await byProxies(mesh) : byPrometheus(mesh.prometheusUrl)),
      uiDir: UI_DIR,
    });
    await writeState(runDir, {
      url: weft.url,
      controlUrl: mesh.controlUrl,
      otlp: weft.spanAddresses,
      xdsDir: mesh.routesDir,
      proxies: mesh.proxies,
      scrape: mesh.scrape,
      prometheusUrl: mesh.prometheusUrl,
    });
    console.log(`weft: ${weft.url}   (Ctrl C ends the console and its mesh)`);
    if (flags["no-open"] !== true) openBrowser(weft.url);
    const meshEnded = new Promise<void>((done) => void child.once("exit", () => done()));
    await Promise.race([untilStopped(), meshEnded]);
    await weft.stop();
  } finally {
    await stopMesh();
  }
  return 0;
}
