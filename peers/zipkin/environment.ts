import { homedir } from "node:os";
import { join } from "node:path";

/** What the caller's environment says about where to look for Zipkin and for what runs it. */
export interface ZipkinEnvironment {
  /** The server's executable jar that the user insists on, or `undefined`. */
  readonly jar: string | undefined;
  /** The Java to run it with. */
  readonly java: string;
  /** Where a fetched jar is kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once; an empty variable counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): ZipkinEnvironment {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const javaHome = given("JAVA_HOME");
  return {
    jar: given("ZIPKIN_JAR"),
    java: javaHome === undefined ? "java" : join(javaHome, "bin", "java"),
    cacheDir: given("WEFT_CACHE") ?? join(given("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "weft"),
  };
}
