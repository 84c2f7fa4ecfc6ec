import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RunDir } from "../mesh/run-dir.ts";
import { bornAt } from "./process-identity.ts";

/** Another demo lives in this folder. The message says what to do. */
export class RunFolderTaken extends Error {
  override readonly name = "RunFolderTaken";
}

/** Takes the run folder and empties what an earlier demo left in it. Only what the demo itself writes is touched. */
export function takeRunFolder(dir: RunDir): void {
  mkdirSync(dir.root, { recursive: true });
  lock(dir);
  rmSync(dir.meshFile, { force: true });
  for (const folder of [dir.routes, dir.listeners, dir.proxies, dir.logs, dir.certs, dir.secrets, dir.envoy, dir.metrics]) {
    rmSync(folder, { recursive: true, force: true });
    const isPrivate = folder === dir.certs || folder === dir.secrets;
    mkdirSync(folder, { mode: isPrivate ? 0o700 : 0o755 });
  }
}

function lock(dir: RunDir): void {
  const draft = `${dir.lockFile}.${process.pid}`;
  writeFileSync(draft, `${process.pid} ${bornAt(process.pid) ?? ""}\n`);
  try {
    refuseIfHeld(dir);
    // A link, as it is made whole or not at all and never over another: of two demos that start together one must lose.
    rmSync(dir.lockFile, { force: true });
    linkSync(draft, dir.lockFile);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") refuseIfHeld(dir);
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseIfHeld(dir: RunDir): void {
  const holder = readHolder(dir.lockFile);
  if (holder === undefined || bornAt(holder.pid) !== holder.born) return;
  throw new RunFolderTaken(`A demo (process ${holder.pid}) already runs in ${dir.root}: stop it, or name another folder with --run-dir.`);
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
