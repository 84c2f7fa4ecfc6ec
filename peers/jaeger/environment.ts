import { homedir } from "node:os";
import { join } from "node:path";

/** What the caller's environment says about where to look for Jaeger. */
export interface JaegerEnvironment {
  /** A Jaeger 2 binary the user insists on, or `undefined`. */
  readonly binary: string | undefined;
  /** Ten minutes of a processor are spent on a build only where somebody asked for it (`JAEGER_BUILD=on`). */
  readonly mayBuild: boolean;
  /** Where built binaries are kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once; an empty variable counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): JaegerEnvironment {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return {
    binary: given("JAEGER_BIN"),
    mayBuild: given("JAEGER_BUILD") === "on",
    cacheDir: given("WEFT_CACHE") ?? join(given("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "weft"),
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
