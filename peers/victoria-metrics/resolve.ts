import { join } from "node:path";

import { unpackDebianPackage } from "../shared/debian-package.ts";
import { findOnPath, isExecutable } from "../shared/programs.ts";
import { readEnvironment, type MetricsServerEnvironment } from "../prometheus/environment.ts";

export interface ResolvedVictoriaMetrics {
  readonly path: string;
  readonly origin: "environment" | "path" | "cache" | "download";
}

/** No VictoriaMetrics can be had here. The message is one sentence that says what to install; `cause` holds the technical reason. */
export class VictoriaMetricsUnavailable extends Error {
  override readonly name = "VictoriaMetricsUnavailable";
}

/** Debian's package of the release that everything was verified with is 1.79. */
const PACKAGE = "victoria-metrics";
const MEND = "Install Debian's package victoria-metrics, or name the binary in VICTORIA_METRICS_BIN.";

/**
 * Finds the single-node VictoriaMetrics: `VICTORIA_METRICS_BIN`, then `PATH`, then the cache, then Debian's package, which is
 * unpacked into the cache and not installed.
 * @throws VictoriaMetricsUnavailable
 */
export async function resolveVictoriaMetrics(
  environment: MetricsServerEnvironment = readEnvironment(),
  unpack: typeof unpackDebianPackage = unpackDebianPackage,
): Promise<ResolvedVictoriaMetrics> {
  const { victoriaMetrics: named, searchPath, cacheDir } = environment;
  if (named !== undefined) {
    if (await isExecutable(named)) return { path: named, origin: "environment" };
    throw new VictoriaMetricsUnavailable(`VICTORIA_METRICS_BIN names ${named}, which does not run here.`);
  }
  const found = await findOnPath("victoria-metrics", searchPath);
  if (found !== undefined) return { path: found, origin: "path" };
  const folder = join(cacheDir, "debian-victoria-metrics");
  const path = join(folder, "usr", "bin", "victoria-metrics");
  if (await isExecutable(path)) return { path, origin: "cache" };
  await unpack(PACKAGE, folder).catch((cause: unknown) => {
    throw new VictoriaMetricsUnavailable(`VictoriaMetrics could not be fetched with apt. ${MEND}`, { cause });
  });
  if (!(await isExecutable(path))) throw new VictoriaMetricsUnavailable(`The package ${PACKAGE} holds no server. ${MEND}`);
  return { path, origin: "download" };
}
