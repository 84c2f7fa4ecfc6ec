import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { downloadZipkin, sha256 } from "./download.ts";
import { readEnvironment, type ZipkinEnvironment } from "./environment.ts";
import { OLDEST_JAVA, parseJavaVersion, ZIPKIN_JAR, ZIPKIN_SHA256, ZIPKIN_VERSION } from "./release.ts";

const run = promisify(execFile);

export interface ResolvedZipkin {
  readonly jar: string;
  readonly java: string;
  readonly origin: "environment" | "cache" | "download";
}

/** No Zipkin can be had here. The message is one sentence that says what to install; `cause` holds the technical reason. */
export class ZipkinUnavailable extends Error {
  override readonly name = "ZipkinUnavailable";
}

/**
 * Finds Zipkin: `ZIPKIN_JAR`, then the cache, then the pinned artifact through Maven into the cache, checked each time.
 * A jar named in `ZIPKIN_JAR` is the user's word and is taken as it is.
 * @throws ZipkinUnavailable
 */
export async function resolveZipkin(environment: ZipkinEnvironment = readEnvironment()): Promise<ResolvedZipkin> {
  const { java } = environment;
  await checkJava(java);
  if (environment.jar !== undefined) {
    if (await isThere(environment.jar)) return { jar: environment.jar, java, origin: "environment" };
    throw new ZipkinUnavailable(`ZIPKIN_JAR names ${environment.jar}, which is not there.`);
  }
  const jar = join(environment.cacheDir, `zipkin-${ZIPKIN_VERSION}`, ZIPKIN_JAR);
  if ((await isThere(jar)) && (await sha256(jar)) === ZIPKIN_SHA256) return { jar, java, origin: "cache" };
  try {
    await downloadZipkin(jar);
  } catch (cause) {
    throw new ZipkinUnavailable(
      `Zipkin ${ZIPKIN_VERSION} could not be fetched with Maven. Install Maven, or name the server's exec jar in ZIPKIN_JAR.`,
      { cause },
    );
  }
  return { jar, java, origin: "download" };
}

async function checkJava(java: string): Promise<void> {
  const mend = `Install Java ${OLDEST_JAVA} or newer (Debian: apt-get install openjdk-17-jre-headless maven).`;
  // Java prints its version to standard error.
  const answer = await run(java, ["-version"], { timeout: 20_000 }).catch((cause: unknown) => {
    throw new ZipkinUnavailable(`Zipkin needs Java, and ${java} does not run here. ${mend}`, { cause });
  });
  const version = parseJavaVersion(`${answer.stderr}${answer.stdout}`);
  if (version === undefined || version < OLDEST_JAVA) {
    throw new ZipkinUnavailable(`Zipkin needs Java ${OLDEST_JAVA}, and ${java} is ${version ?? "something else"}. ${mend}`);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
