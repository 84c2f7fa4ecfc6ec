import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What the caller's environment says about where to look. The only place under `peers/` that reads `process.env`. */
export interface PeerEnvironment {
  /** An Envoy binary the user insists on, or `undefined`. */
  readonly envoyBinary: string | undefined;
  /** Folders searched for programs, in order. */
  readonly searchPath: readonly string[];
  /** Where fetched binaries are kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once; an empty variable counts as not set, as the XDG specification asks. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): PeerEnvironment {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return {
    envoyBinary: given("ENVOY_BIN"),
    searchPath: (given("PATH") ?? "").split(delimiter).filter((folder) => folder !== ""),
    cacheDir: given("WEFT_CACHE") ?? join(given("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "weft"),
  };
}
