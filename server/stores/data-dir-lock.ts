import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { WeftError } from "#lib/model/errors.ts";

const FILE = "lock";

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

/**
 * Makes this process the only one on a data directory. The lock names its process, so that one left by a crash is
 * taken over. Throws CONFLICT when another Weft lives there. The answer releases the lock.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, FILE);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(path, "wx", 0o600);
      await handle.writeFile(`${process.pid} ${await startOf(process.pid)}\n`);
      await handle.sync();
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!isTaken) throw error;
      const [pidText = "", start = ""] = (await readFile(path, "utf8").catch(() => "")).trim().split(" ");
      const pid = Number(pidText);
      const isHeld = pid > 0 && pid !== process.pid && isAlive(pid) && (start === "" || start === (await startOf(pid)));
      if (isHeld) {
        throw new WeftError("CONFLICT", `Another Weft (process ${pid}) uses the data directory ${dataDir}`, {
          mend: "Stop it, or give this one a directory of its own with --data-dir",
        });
      }
      await rm(path, { force: true });
    }
  }
  throw new WeftError("CONFLICT", `The data directory ${dataDir} could not be locked`, { mend: "Start again" });
}
