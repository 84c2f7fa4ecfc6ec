import { homedir } from "node:os";
import { delimiter, join } from "node:path";

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

/** Reads the environment once; an empty variable counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): MetricsServerEnvironment {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return {
    prometheus: given("PROMETHEUS_BIN"),
    promtool: given("PROMTOOL_BIN"),
    victoriaMetrics: given("VICTORIA_METRICS_BIN"),
    searchPath: (given("PATH") ?? "").split(delimiter).filter((folder) => folder !== ""),
    cacheDir: given("WEFT_CACHE") ?? join(given("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "weft"),
  };
}
