import { link, mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { WeftError } from "#lib/model/errors.ts";

const FILE = "lock";
/** Tries while others tidy up a lock that a crash left; one try takes far less than this pause. */
const MOST_TRIES = 100;
const PAUSE_MS = 20;
/** Tidying up takes microseconds: who still does it after this has died in the middle. */
const LONGEST_TIDYING_MS = 5_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When the kernel started this process, where it tells: a reused pid has another start. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** Answers whether `make` went well; false = somebody else was first. */
async function isFirst(make: Promise<unknown>): Promise<boolean> {
  try {
    await make;
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** The living process that a lock names, or `null`. */
async function holderOf(path: string): Promise<number | null> {
  const [pidText = "", start = ""] = (await readFile(path, "utf8").catch(() => "")).trim().split(" ");
  const pid = Number(pidText);
  const isHeld = pid > 0 && pid !== process.pid && isAlive(pid) && (start === "" || start === (await startOf(pid)));
  return isHeld ? pid : null;
}

/** Removes a lock that a crash left. One process at a time may do so, or it could remove the lock of who came next. */
async function tidyUp(path: string): Promise<void> {
  const turn = `${path}.tidying`;
  if (!(await isFirst(mkdir(turn)))) {
    const since = await stat(turn).catch(() => null);
    if (since !== null && Date.now() - since.mtimeMs > LONGEST_TIDYING_MS) await rmdir(turn).catch(() => undefined);
    await wait(PAUSE_MS);
    return;
  }
  try {
    if ((await holderOf(path)) === null) await rm(path, { force: true });
  } finally {
    await rmdir(turn).catch(() => undefined);
  }
}

/**
 * Makes this process the only one on a data directory. The lock names its process, so that one left by a crash is
 * taken over. Throws CONFLICT when another Weft lives there, INVALID when the directory cannot be written. The answer
 * releases the lock.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, FILE);
  const own = `${path}.${process.pid}`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // Written whole under a name of its own, then linked: nobody ever reads a lock that does not say whose it is.
    await writeFile(own, `${process.pid} ${await startOf(process.pid)}\n`, { mode: 0o600, flush: true });
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      if (await isFirst(link(own, path))) return () => rm(path, { force: true });
      const holder = await holderOf(path);
      if (holder !== null) {
        throw new WeftError("CONFLICT", `Another Weft (process ${holder}) uses the data directory ${dataDir}`, {
          mend: "Stop it, or give this one a directory of its own with --data-dir",
        });
      }
      await tidyUp(path);
    }
  } catch (cause) {
    if (cause instanceof WeftError) throw cause;
    throw new WeftError("INVALID", `The data directory ${dataDir} cannot be written (${codeOf(cause)})`, {
      field: "--data-dir",
      mend: "Mend its rights, or choose another with --data-dir",
      cause,
    });
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
  throw new WeftError("CONFLICT", `The data directory ${dataDir} could not be locked`, { mend: "Start again" });
}
