import { cacheDirIn, given, searchPathIn, type Variables } from "../shared/environment.ts";

/** What the caller's environment says about where to look for servers of metrics. */
export interface MetricsServerEnvironment {
  /** Binaries that the user insists on, or `undefined`. */
  readonly prometheus: string | undefined;
  readonly promtool: string | undefined;
  readonly victoriaMetrics: string | undefined;
  /** Folders searched for programs, in order. */
  readonly searchPath: readonly string[];
  /** Where fetched packages are kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once. */
export function readEnvironment(env: Variables = process.env): MetricsServerEnvironment {
  return {
    prometheus: given(env, "PROMETHEUS_BIN"),
    promtool: given(env, "PROMTOOL_BIN"),
    victoriaMetrics: given(env, "VICTORIA_METRICS_BIN"),
    searchPath: searchPathIn(env),
    cacheDir: cacheDirIn(env),
  };
}
