import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Stats } from "node:fs";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

import { describeRefusal } from "./refusals.ts";
import { errorCode, locationOf, readBytes, revisionOf, TEMPORARY_MARK, type FileSystem } from "./config-folder.ts";

export interface Replacement {
  path: string;
  /** The bytes that must be there, by SHA-256. */
  expectedRevision: string;
  text: string;
}

/**
 * Writers of one process queue per file, whichever target they belong to: between the last look at the old bytes and the
 * rename nothing of this process can come between. Against other programs the same look narrows the gap to one system
 * call; it cannot be closed, since a rename takes no condition.
 */
const queues = new Map<string, Promise<unknown>>();

/**
 * Puts `text` in the place of a file that still holds the expected bytes: a temporary file in the same folder, with the
 * same mode and owner, synced; the old bytes looked at again; a rename; the folder synced; the result read again. Errors:
 * CONFLICT when the file is not (or no longer) as expected; SOURCE_REFUSED when it cannot be written. Then the old file is whole.
 */
export async function replaceFile(fs: FileSystem, replacement: Replacement): Promise<Result<void>> {
  const key = join(await fs.realpath(dirname(replacement.path)).catch(() => dirname(replacement.path)), basename(replacement.path));
  const previous = queues.get(key) ?? Promise.resolve();
  const mine = previous.then(() => replaceNow(fs, replacement));
  const settled = mine.catch(() => undefined);
  queues.set(key, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

async function replaceNow(fs: FileSystem, { path, expectedRevision, text }: Replacement): Promise<Result<void>> {
  const location = locationOf(dirname(path), basename(path));
  const temporary = `${path}${TEMPORARY_MARK}${randomBytes(8).toString("hex")}`;
  let isTemporaryThere = false;
  try {
    const found = await look(fs, path, expectedRevision);
    if (!found.ok) return found;
    isTemporaryThere = true;
    await writeSynced(fs, temporary, text, found.value);
    const still = await look(fs, path, expectedRevision);
    if (!still.ok) return still;
    await fs.rename(temporary, path);
    isTemporaryThere = false;
  } catch (cause) {
    return err(describeRefusal(cause, location));
  } finally {
    // Nothing to be done when even this is refused: `sweep` removes it at the next start.
    if (isTemporaryThere) await fs.unlink(temporary).catch(() => undefined);
  }
  await syncFolder(fs, dirname(path));
  return await confirm(fs, path, revisionOf(text));
}

/** The file's facts when it holds the expected bytes. Throws what the file system throws, save for a missing file. */
async function look(fs: FileSystem, path: string, expectedRevision: string): Promise<Result<Stats>> {
  const location = locationOf(dirname(path), basename(path));
  let stat: Stats;
  let revision: string;
  try {
    stat = await fs.lstat(path);
    if (!stat.isFile()) return err(conflict(`${location} is no longer a regular file`));
    revision = revisionOf(await readBytes(fs, path));
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") throw cause;
    await fs.access(dirname(path));
    return err(conflict(`${location} is no longer there`));
  }
  if (revision === expectedRevision) return ok(stat);
  return err(conflict(`${location} was changed by someone else since it was read, last at ${stat.mtime.toISOString()}`));
}

async function writeSynced(fs: FileSystem, path: string, text: string, old: Stats): Promise<void> {
  const handle = await fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, old.mode & 0o777);
  try {
    await handle.writeFile(text, "utf8");
    // The mode given to `open` is cut by the umask.
    await handle.chmod(old.mode & 0o777);
    await keepOwner(handle, old);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Handle = Awaited<ReturnType<FileSystem["open"]>>;

/** A proxy that runs as the old owner must still be able to read; where everyone may, another owner does no harm. */
async function keepOwner(handle: Handle, old: Stats): Promise<void> {
  const now = await handle.stat();
  if (now.uid === old.uid && now.gid === old.gid) return;
  try {
    await handle.chown(old.uid, old.gid);
  } catch (cause) {
    if ((old.mode & 0o004) === 0) throw cause;
  }
}

/** Some file systems do not sync folders; the rename itself stands all the same. */
async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  try {
    const handle = await fs.open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // After a power cut the old file may be back then; whoever keeps a journal looks at the file, not at this answer.
  }
}

async function confirm(fs: FileSystem, path: string, revision: string): Promise<Result<void>> {
  const location = locationOf(dirname(path), basename(path));
  const found = await readBytes(fs, path).then(revisionOf, () => null);
  if (found === revision) return ok(undefined);
  return err(new WeftError("CONFLICT", `${location} was replaced by someone else right after Weft wrote it.`, { mend: LOOK_AGAIN }));
}

const LOOK_AGAIN = "Look at what is there now, and plan again from it.";

function conflict(what: string): WeftError {
  return new WeftError("CONFLICT", `${what}. Weft wrote nothing over it.`, { mend: LOOK_AGAIN });
}

/** Removes temporary files that a dead process left behind, older than `olderThanMs`. Returns their names. */
export async function sweepTemporaries(fs: FileSystem, folder: string, nowMs: number, olderThanMs: number): Promise<string[]> {
  const removed: string[] = [];
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /\.weft-tmp-[0-9a-f]{16}$/.test(one))) {
    const path = join(folder, name);
    try {
      const stat = await fs.lstat(path);
      if (!stat.isFile() || nowMs - stat.mtimeMs < olderThanMs) continue;
      await fs.unlink(path);
      removed.push(name);
    } catch {
      // Gone already, or not ours to remove; it is never read as configuration either way.
    }
  }
  return removed;
}
