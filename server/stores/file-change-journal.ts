import { type FileHandle, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { ChangeJournal, ChangeRecord } from "#lib/ports/change-journal.ts";

import { type StoredRecord, upgradeRecord } from "./change-record-upgrade.ts";

const FILE = "changes.jsonl";
/** Changes kept in memory after a start; older ones stay in the file. */
const MOST_LOADED = 1_000;

function toLine(record: ChangeRecord): string {
  const text = JSON.stringify(record);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

/** A line that was not written whole, or was damaged since, has no record. */
function fromLine(line: string): ChangeRecord | null {
  const text = line.slice(9);
  if (line[8] !== " " || crc32(text).toString(16).padStart(8, "0") !== line.slice(0, 8)) return null;
  // The checksum proves that this is what `append` wrote, of this version or an earlier one.
  return upgradeRecord(JSON.parse(text) as StoredRecord);
}

/**
 * `ChangeJournal` in one append-only file: a checksum and a JSON record per line, on disk before `append` returns. A torn
 * last line is cut off; a damaged line in the middle is skipped and counted. Lines of earlier versions are read as they
 * were meant, and stay as they are.
 */
export class FileChangeJournal implements ChangeJournal {
  /** Lines that could not be read at the last `load`. */
  damagedLines = 0;
  private readonly path: string;
  private handle: FileHandle | null = null;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(dataDir: string) {
    this.path = join(dataDir, FILE);
  }

  append(record: ChangeRecord): Promise<Result<void>> {
    const mine = this.tail.then(() => this.write(toLine(record)));
    this.tail = mine;
    return mine;
  }

  async load(): Promise<ChangeRecord[]> {
    const bytes = await readFile(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0);
      throw error;
    });
    // Counted in bytes: damaged bytes need not be text, and text made of them has another length.
    const whole = bytes.lastIndexOf("\n") + 1;
    if (whole < bytes.length) await truncate(this.path, whole);
    const newest = new Map<string, ChangeRecord>();
    this.damagedLines = whole < bytes.length ? 1 : 0;
    for (const line of bytes.toString("utf8", 0, whole).split("\n")) {
      if (line === "") continue;
      const record = fromLine(line);
      if (record === null) this.damagedLines++;
      else newest.set(record.change.id, record);
    }
    return [...newest.values()].slice(-MOST_LOADED);
  }

  async close(): Promise<void> {
    await this.tail;
    await this.handle?.close();
    this.handle = null;
  }

  private async write(line: string): Promise<Result<void>> {
    try {
      this.handle ??= await open(this.path, "a", 0o600);
      const { size } = await this.handle.stat();
      try {
        await this.handle.appendFile(line);
        await this.handle.datasync();
      } catch (error) {
        // A full disk can leave half a line: cut it off, so that the next record starts clean.
        await this.handle.truncate(size).catch(() => undefined);
        throw error;
      }
      return ok(undefined);
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
      return err(
        new WeftError("SOURCE_REFUSED", `The journal of changes cannot be written (${code}), so nothing was changed`, {
          mend: `Free disk space or mend the rights of ${this.path}, then try again`,
          isRetryable: true,
          cause,
        }),
      );
    }
  }
}
