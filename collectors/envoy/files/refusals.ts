import { WeftError } from "#lib/model/errors.ts";

import { errorCode } from "./config-folder.ts";

const REASONS: Readonly<Record<string, { text: string; mend: string }>> = {
  ENOSPC: { text: "the disk is full", mend: "Make room on the disk that holds the folder, then apply again." },
  EDQUOT: { text: "the disk quota is used up", mend: "Make room within the quota, then apply again." },
  EROFS: { text: "the folder is mounted read-only", mend: "Mount the folder writable for Weft, then apply again." },
  EACCES: { text: "Weft may not write in this folder", mend: "Give the user that Weft runs as the right to write in the folder." },
  EPERM: {
    text: "Weft may not write in this folder, or may not keep the file's owner",
    mend: "Run Weft as the owner of the files, or let everyone read them.",
  },
  ENOENT: { text: "the folder is gone", mend: "Put the folder back, or correct its path in the configuration." },
  EIO: { text: "the disk reports an error", mend: "Look at the machine's disk, then apply again." },
};

/** Why the file system did not let a file be written, as a sentence with a mend. */
export function describeRefusal(cause: unknown, location: string): WeftError {
  const code = errorCode(cause);
  const reason = REASONS[code] ?? { text: "the system refused", mend: "Look at the folder and its rights, then apply again." };
  return new WeftError("SOURCE_REFUSED", `${location} could not be written: ${reason.text} (${code}). The old file is whole.`, {
    mend: reason.mend,
    cause,
  });
}
