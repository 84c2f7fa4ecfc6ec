import { mkdirSync, readFileSync, rmSync } from "node:fs";
import type { RunDir } from "../mesh/run-dir.ts";
import { replaceFile } from "./files.ts";
import { bornAt } from "./process-identity.ts";

/** Another demo lives in this folder. The message says what to do. */
export class RunFolderTaken extends Error {
  override readonly name = "RunFolderTaken";
}

/** Takes the run folder and empties what an earlier demo left in it. Only what the demo itself writes is touched. */
export function takeRunFolder(dir: RunDir): void {
  mkdirSync(dir.root, { recursive: true });
  const holder = readHolder(dir.lockFile);
  if (holder !== undefined && bornAt(holder.pid) === holder.born) {
    throw new RunFolderTaken(`A demo (process ${holder.pid}) already runs in ${dir.root}: stop it, or name another folder with --run-dir.`);
  }
  replaceFile(dir.lockFile, `${process.pid} ${bornAt(process.pid) ?? ""}\n`);
  rmSync(dir.meshFile, { force: true });
  for (const folder of [dir.routes, dir.listeners, dir.proxies, dir.logs, dir.certs, dir.secrets, dir.envoy]) {
    rmSync(folder, { recursive: true, force: true });
    const isPrivate = folder === dir.certs || folder === dir.secrets;
    mkdirSync(folder, { mode: isPrivate ? 0o700 : 0o755 });
  }
}

/** What tells readers that the mesh is up goes; logs and configuration stay for a look afterwards. */
export function leaveRunFolder(dir: RunDir): void {
  rmSync(dir.meshFile, { force: true });
  rmSync(dir.lockFile, { force: true });
}

function readHolder(lockFile: string): { pid: number; born: string } | undefined {
  try {
    const [pid = "", born = ""] = readFileSync(lockFile, "utf8").trim().split(/ (.*)/s);
    return born === "" ? undefined : { pid: Number(pid), born };
  } catch {
    return undefined;
  }
}
