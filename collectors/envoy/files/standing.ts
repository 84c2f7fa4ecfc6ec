import { basename, dirname } from "node:path";

import { plainName } from "#collectors/shared/plain-name.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { PreparedWrite, WriteStanding } from "#lib/ports/write-target.ts";
import { diffTexts } from "#lib/routing/text-diff.ts";

import { errorCode, readConfigFile, type ConfigFile, type FileSystem } from "./config-folder.ts";

/** Where a file stands that a write is about. Errors: SOURCE_UNREACHABLE when it cannot be read. */
export async function standingOf(fs: FileSystem, path: string, write: PreparedWrite, sourceId: string): Promise<Result<WriteStanding>> {
  const file = await readConfigFile(fs, dirname(path), basename(path));
  if (file === null) return ok({ at: "foreign", revision: null, modifiedAtMs: null, diff: null });
  if (file.revision === write.revisionAfter) return ok({ at: "after" });
  if (file.revision === write.revisionBefore) return ok({ at: "before" });
  if (file.readError !== null) return err(unreadable(file, sourceId));
  const { text, revision, modifiedAtMs } = file;
  if (text === null) return ok({ at: "foreign", revision: revision === "" ? null : revision, modifiedAtMs, diff: null });
  // What still carries the marker grew out of what Weft wrote, everything else out of what was there before.
  const before = text.includes(write.marker) ? write.after : write.before;
  return ok({
    at: "foreign",
    revision,
    modifiedAtMs,
    diff: diffTexts({ format: write.format, location: write.location, before, after: text }),
  });
}

/** What stands in a file that cannot be read is not known, and must not pass for somebody else's text. */
function unreadable(file: ConfigFile, sourceId: string): WeftError {
  return new WeftError("SOURCE_UNREACHABLE", `${file.location} cannot be read (${file.readError ?? "unknown reason"}).`, {
    sourceId,
    isRetryable: true,
    mend: "Give the user that Weft runs as the right to read it.",
  });
}

/** Why the folder of route or listener files cannot be listed. */
export function folderError(what: "route" | "listener", folder: string, sourceId: string, cause: unknown): WeftError {
  const code = errorCode(cause);
  const text = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
  return new WeftError("SOURCE_UNREACHABLE", `The folder of ${what} files ${plainName(folder)} ${text}.`, {
    sourceId,
    isRetryable: true,
    mend: "Make the folder, or correct its path in the configuration.",
    cause,
  });
}
