import { join } from "node:path";

import { cacheDirIn, given, type Variables } from "../shared/environment.ts";

/** What the caller's environment says about where to look for Jaeger. */
export interface JaegerEnvironment {
  /** A Jaeger 2 binary the user insists on, or `undefined`. */
  readonly binary: string | undefined;
  /** Ten minutes of a processor are spent on a build only where somebody asked for it (`JAEGER_BUILD=on`). */
  readonly mayBuild: boolean;
  /** Where built binaries are kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once. */
export function readEnvironment(env: Variables = process.env): JaegerEnvironment {
  return {
    binary: given(env, "JAEGER_BIN"),
    mayBuild: given(env, "JAEGER_BUILD") === "on",
    cacheDir: cacheDirIn(env),
  };
}

/** The environment of a Go that keeps to `folder`, so that all it leaves can be removed, and to one processor: others are at work. */
export function goEnvironment(folder: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...env,
    GOMAXPROCS: "1",
    GOCACHE: join(folder, "cache"),
    GOMODCACHE: join(folder, "modules"),
    GOFLAGS: "-modcacherw",
    GOWORK: "off",
  };
}
