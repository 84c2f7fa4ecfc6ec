import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

import { ZIPKIN_ARTIFACT, ZIPKIN_JAR, ZIPKIN_SHA256 } from "./release.ts";

const run = promisify(execFile);

const COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** Fetches the pinned jar with Maven, checks it, and puts it at `target` by rename. Throws with the reason. */
export async function downloadZipkin(target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "zipkin-jar-"));
  try {
    // A repository of its own: what Maven itself needs for this one copy is not left in the user's.
    const repository = `-Dmaven.repo.local=${join(folder, "repository")}`;
    const args = ["--batch-mode", "--quiet", COPY_GOAL, `-Dartifact=${ZIPKIN_ARTIFACT}`, `-DoutputDirectory=${folder}`, repository];
    await run("mvn", args, { cwd: folder, timeout: DOWNLOAD_TIMEOUT_MS });
    const jar = join(folder, ZIPKIN_JAR);
    const digest = await sha256(jar);
    if (digest !== ZIPKIN_SHA256) throw new Error(`the jar's SHA-256 is ${digest}, expected ${ZIPKIN_SHA256}`);
    await mkdir(dirname(target), { recursive: true });
    // Copied beside its place and renamed into it, so that a second run starting now never runs half a file.
    const draft = `${target}.${randomUUID()}`;
    await copyFile(jar, draft);
    await rename(draft, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** SHA-256 of a file, in hex. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
