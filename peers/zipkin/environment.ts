import { join } from "node:path";

import { cacheDirIn, given, type Variables } from "../shared/environment.ts";

/** What the caller's environment says about where to look for Zipkin and for what runs it. */
export interface ZipkinEnvironment {
  /** The server's executable jar that the user insists on, or `undefined`. */
  readonly jar: string | undefined;
  /** The Java to run it with. */
  readonly java: string;
  /** Where a fetched jar is kept between runs, outside any work tree. */
  readonly cacheDir: string;
}

/** Reads the environment once. */
export function readEnvironment(env: Variables = process.env): ZipkinEnvironment {
  const javaHome = given(env, "JAVA_HOME");
  return {
    jar: given(env, "ZIPKIN_JAR"),
    java: javaHome === undefined ? "java" : join(javaHome, "bin", "java"),
    cacheDir: cacheDirIn(env),
  };
}
