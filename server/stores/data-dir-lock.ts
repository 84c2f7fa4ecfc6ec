import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { WeftError } from "#lib/model/errors.ts";

import { isBusy, wordsOf } from "./sqlite-errors.ts";

/** Stays for good: removed, it could be made anew by one process while another still holds the old one. */
const LOCK = "lock.db";
/** The number of the process that holds the lock. It only names it; a crash leaves it, and the next one overwrites it. */
const HOLDER = "lock";

/** Locks of this process. One that nobody refers to would be closed, and so released, when memory is collected. */
const held = new Set<DatabaseSync>();

/**
 * `null` = another has it. The kernel releases it when this process ends, however it ends. The lock of one who means to write: of several
 * who want it at once exactly one gets it, where for a whole one each could stand in the other's way (https://sqlite.org/lockingv3.html).
 */
function lockFile(path: string): DatabaseSync | null {
  const lock = new DatabaseSync(path);
  try {
    // Nothing is ever written, so nothing has to be undone after a crash.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** The living process that holds the lock; `null` while it has not yet said so. */
async function holderIn(dataDir: string): Promise<number | null> {
  const pid = Number(await readFile(join(dataDir, HOLDER), "utf8").catch(() => ""));
  try {
    process.kill(pid > 0 ? pid : Number.NaN, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return null;
  }
  return pid;
}

/**
 * Makes this process the only one on a data directory, until it ends or calls the answer. Throws CONFLICT when another Weft lives
 * there, INVALID when the directory cannot be written.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const holder = join(dataDir, HOLDER);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const lock = lockFile(join(dataDir, LOCK));
    if (lock === null) {
      const pid = await holderIn(dataDir);
      const mend = "Stop it, or give this one a directory of its own with --data-dir";
      throw new WeftError("CONFLICT", `Another Weft${pid === null ? "" : ` (process ${pid})`} uses the data directory ${dataDir}`, {
        // A file system without locks answers the same.
        mend: pid === null ? `${mend}, on a file system that knows locks` : mend,
      });
    }
    held.add(lock);
    const release = (): void => {
      if (held.delete(lock)) lock.close();
    };
    try {
      await writeFile(holder, `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      release();
      throw error;
    }
    return async () => {
      if (held.has(lock)) await rm(holder, { force: true });
      release();
    };
  } catch (cause) {
    if (cause instanceof WeftError) throw cause;
    throw new WeftError("INVALID", `The data directory ${dataDir} cannot be written (${wordsOf(cause)})`, {
      field: "--data-dir",
      mend: "Mend its rights, or choose another with --data-dir",
      cause,
    });
  }
}
