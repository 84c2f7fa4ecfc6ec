import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";

import { openForReading } from "./schema.ts";
import { troubleOf, wordsOf } from "../sqlite-errors.ts";

interface Connection {
  db: DatabaseSync;
  path: string;
  inode: bigint;
}

/** Reads the file of spans beside its writer; opens it again when another file took its place. */
export class ReadConnection {
  private readonly sourceId: string;
  private connection: Connection | null = null;

  constructor(sourceId: string) {
    this.sourceId = sourceId;
  }

  /**
   * Runs `use` on one unchanging state of the file. Errors: SOURCE_UNREACHABLE when there is no file, SOURCE_MALFORMED
   * when it is damaged, SOURCE_REFUSED when it may not be read.
   */
  read<T>(path: string, use: (db: DatabaseSync) => T): Result<T> {
    try {
      const db = this.open(path);
      db.exec("BEGIN");
      try {
        return ok(use(db));
      } finally {
        if (db.isTransaction) db.exec("COMMIT");
      }
    } catch (cause) {
      this.close();
      return err(this.errorOf(cause, path));
    }
  }

  close(): void {
    const { connection } = this;
    this.connection = null;
    connection?.db.close();
  }

  private open(path: string): DatabaseSync {
    const inode = statSync(path, { bigint: true }).ino;
    if (this.connection !== null && (this.connection.path !== path || this.connection.inode !== inode)) this.close();
    this.connection ??= { db: openForReading(path), path, inode };
    return this.connection.db;
  }

  private errorOf(cause: unknown, path: string): WeftError {
    const { sourceId } = this;
    const words = wordsOf(cause);
    if (cause instanceof WeftError) {
      // A span or resource that cannot be decoded, or a file of another format.
      const code = cause.code === "INVALID" ? "SOURCE_MALFORMED" : cause.code;
      return new WeftError(code, cause.message, { sourceId, cause, ...(cause.mend === null ? {} : { mend: cause.mend }) });
    }
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      return new WeftError("SOURCE_UNREACHABLE", `There is no archive of spans at ${path}`, {
        mend: "It is made when the intake of spans starts; look at its state on the sources page",
        isRetryable: true,
        sourceId,
        cause,
      });
    }
    if (troubleOf(cause) === "damaged") {
      return new WeftError("SOURCE_MALFORMED", `The archive of spans is damaged where this answer needs it (${words})`, {
        mend: `Stop Weft, move ${path} with its -wal and -shm away, and start again: a new archive begins`,
        sourceId,
        cause,
      });
    }
    if (troubleOf(cause) === "refused") {
      return new WeftError("SOURCE_REFUSED", `The archive of spans cannot be read (${words})`, {
        mend: `Mend the rights of ${path} or free disk space, then ask again`,
        isRetryable: true,
        sourceId,
        cause,
      });
    }
    return new WeftError("INTERNAL", `The archive of spans could not answer (${words})`, { sourceId, cause });
  }
}
