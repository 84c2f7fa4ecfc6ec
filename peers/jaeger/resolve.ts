import { execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { readEnvironment, type JaegerEnvironment } from "./environment.ts";
import { JAEGER_VERSION } from "./release.ts";

const run = promisify(execFile);

/** Beside the binary: why the last build failed. Remove it to let the build be tried again. */
export const FAILURE_FILE = "build-failed.txt";
const LOCK_FILE = "build.pid";
const BUILDER = fileURLToPath(new URL("./main.ts", import.meta.url));

/** A Jaeger that runs here, or why there is none, as a sentence. */
export type JaegerResolution = { path: string; reason: null } | { path: null; reason: string };

/**
 * Finds a Jaeger 2: `JAEGER_BIN`, then the cache. Where neither has one it starts a build in the background, once and with
 * the lowest priority, and answers `null` at once: a later run finds it.
 */
export async function resolveJaeger(environment: JaegerEnvironment = readEnvironment()): Promise<JaegerResolution> {
  if (environment.binary !== undefined) {
    if (await answers(environment.binary, ["version"])) return { path: environment.binary, reason: null };
    return none(`JAEGER_BIN names ${environment.binary}, which is not a Jaeger 2 that runs here`);
  }
  const folder = join(environment.cacheDir, `jaeger-${JAEGER_VERSION}-${process.platform}-${process.arch}`);
  const path = join(folder, "jaeger");
  if (await answers(path, ["version"])) return { path, reason: null };
  if (!environment.mayBuild) return none("Jaeger is not in the cache; JAEGER_BUILD=on builds it in the background, JAEGER_BIN names one");
  const failure = await readFile(join(folder, FAILURE_FILE), "utf8").catch(() => null);
  if (failure !== null)
    return none(`Jaeger could not be built: ${failure.trim().split("\n").at(-1) ?? ""} (see ${join(folder, FAILURE_FILE)})`);
  if (!(await answers("go", ["version"]))) return none("Jaeger is built with Go, which is not installed; name a binary in JAEGER_BIN");
  await mkdir(folder, { recursive: true });
  const isStarted = await startBuild(folder, path);
  return none(`Jaeger is being built in the background${isStarted ? ", from now on" : ""}; run this again in some minutes`);
}

function none(reason: string): JaegerResolution {
  return { path: null, reason };
}

async function answers(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, [...args], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

/** False = somebody is at it already. */
async function startBuild(folder: string, target: string): Promise<boolean> {
  const lock = join(folder, LOCK_FILE);
  const builder = Number(await readFile(lock, "utf8").catch(() => ""));
  if (builder > 0 && isAlive(builder)) return false;
  await rm(lock, { force: true });
  const held = await open(lock, "wx").catch(() => null);
  if (held === null) return false;
  try {
    const log = openSync(join(folder, "build.log"), "a");
    const child = spawn("nice", ["-n", "19", process.execPath, BUILDER, target], { detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    child.once("error", () => undefined);
    child.unref();
    // `nice` becomes the program that it starts, so this is the builder's own pid.
    await held.writeFile(String(child.pid ?? 0));
    return true;
  } finally {
    await held.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
