import { cacheDirIn, given, searchPathIn, type Variables } from "../shared/environment.ts";

/** What the caller's environment says about where to look. */
export interface PeerEnvironment {
  /** An Envoy binary the user insists on, or `undefined`. */
  readonly envoyBinary: string | undefined;
  /** Folders searched for programs, in order. */
  readonly searchPath: readonly string[];
  /** Where fetched binaries are kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once. */
export function readEnvironment(env: Variables = process.env): PeerEnvironment {
  return {
    envoyBinary: given(env, "ENVOY_BIN"),
    searchPath: searchPathIn(env),
    cacheDir: cacheDirIn(env),
  };
}
