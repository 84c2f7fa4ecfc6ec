import { join } from "node:path";

import { unpackDebianPackage } from "../shared/debian-package.ts";
import { findOnPath, isExecutable } from "../shared/programs.ts";
import { readEnvironment, type MetricsServerEnvironment } from "./environment.ts";

export interface ResolvedPrometheus {
  readonly prometheus: string;
  /** Its tool for rules and blocks of data, which comes in the same package. */
  readonly promtool: string;
  readonly origin: "environment" | "path" | "cache" | "download";
}

/** No Prometheus can be had here. The message is one sentence that says what to install; `cause` holds the technical reason. */
export class PrometheusUnavailable extends Error {
  override readonly name = "PrometheusUnavailable";
}

/** Debian's package of the release that everything was verified with is 2.42; a newer one serves as well. */
const PACKAGE = "prometheus";
const MEND = "Install Debian's package prometheus, or name the binaries in PROMETHEUS_BIN and PROMTOOL_BIN.";

/**
 * Finds Prometheus and promtool: `PROMETHEUS_BIN` and `PROMTOOL_BIN`, then `PATH`, then the cache, then Debian's package,
 * which is unpacked into the cache and not installed.
 * @throws PrometheusUnavailable
 */
export async function resolvePrometheus(
  environment: MetricsServerEnvironment = readEnvironment(),
  unpack: typeof unpackDebianPackage = unpackDebianPackage,
): Promise<ResolvedPrometheus> {
  const { prometheus: named, searchPath, cacheDir } = environment;
  if (named !== undefined) {
    const promtool = environment.promtool ?? (await findOnPath("promtool", searchPath));
    if (!(await isExecutable(named))) throw new PrometheusUnavailable(`PROMETHEUS_BIN names ${named}, which does not run here.`);
    if (promtool === undefined || !(await isExecutable(promtool)))
      throw new PrometheusUnavailable(`PROMETHEUS_BIN is given, and no promtool was found. ${MEND}`);
    return { prometheus: named, promtool, origin: "environment" };
  }
  const [prometheus, promtool] = [await findOnPath("prometheus", searchPath), await findOnPath("promtool", searchPath)];
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool, origin: "path" };
  const folder = join(cacheDir, "debian-prometheus");
  const fetched = { prometheus: join(folder, "usr", "bin", "prometheus"), promtool: join(folder, "usr", "bin", "promtool") };
  if (await isExecutable(fetched.prometheus)) return { ...fetched, origin: "cache" };
  await unpack(PACKAGE, folder).catch((cause: unknown) => {
    throw new PrometheusUnavailable(`Prometheus could not be fetched with apt. ${MEND}`, { cause });
  });
  if (!(await isExecutable(fetched.prometheus))) throw new PrometheusUnavailable(`The package ${PACKAGE} holds no Prometheus. ${MEND}`);
  return { ...fetched, origin: "download" };
}
