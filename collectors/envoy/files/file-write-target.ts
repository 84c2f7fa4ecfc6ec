import { basename, join } from "node:path";

import type { ProxyProof } from "#lib/model/change.ts";
import { err, ok, type Result, type WeftError } from "#lib/model/errors.ts";
import type { PreparedWrite, ProofBaseline, WriteStanding, WriteTarget } from "#lib/ports/write-target.ts";

import { replaceFile, sweepTemporaries } from "./guarded-replace.ts";
import type { WrittenBefore } from "./memory.ts";
import { formatOf } from "./parse-document.ts";
import { standingOf } from "./standing.ts";
import type { TargetFiles } from "./target-files.ts";

/** What differs between targets of files once a write is prepared. */
interface WritingParts {
  files: Pick<TargetFiles<unknown>, "targetId" | "folder" | "fs" | "clock">;
  memory: { noteWrite(fileName: string, write: WrittenBefore): Promise<void> };
  prover: Pick<WriteTarget, "baseline" | "verify">;
  /** Name of the file that an object's id means; `null` for an id of another target. */
  fileNameOf: (targetId: string, objectId: string) => string | null;
  /** Said of an id that means no file of the folder. */
  notFound: (objectId: string) => WeftError;
}

/** Younger temporary files may belong to another process that is writing right now. */
const STALE_AFTER_MS = 10_000;

/** The writing half of a target of files: a text replaced whole, its standing, its proof. */
export class FileWriteTarget implements WriteTarget {
  readonly id: string;
  readonly #parts: WritingParts;

  constructor(parts: WritingParts) {
    this.id = parts.files.targetId;
    this.#parts = parts;
  }

  async baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline> {
    return await this.#parts.prover.baseline(write, signal);
  }

  async apply(write: PreparedWrite): Promise<Result<void>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    const { files, memory } = this.#parts;
    await memory.noteWrite(basename(path.value), { revision: write.revisionAfter, marker: write.marker });
    return await replaceFile(files.fs, { path: path.value, expectedRevision: write.revisionBefore, text: write.after });
  }

  async restore(write: PreparedWrite): Promise<Result<void>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    return await replaceFile(this.#parts.files.fs, { path: path.value, expectedRevision: write.revisionAfter, text: write.before });
  }

  async standing(write: PreparedWrite): Promise<Result<WriteStanding>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    return await standingOf(this.#parts.files.fs, path.value, write, this.id);
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    return await this.#parts.prover.verify(write, baseline, signal);
  }

  /** Removes temporary files that a killed process left in the folder; to be called once at start. Returns their names. */
  async sweep(): Promise<string[]> {
    const { fs, folder, clock } = this.#parts.files;
    return await sweepTemporaries(fs, folder, clock.nowMs(), STALE_AFTER_MS);
  }

  #pathOf({ objectId }: PreparedWrite): Result<string> {
    const { files, fileNameOf, notFound } = this.#parts;
    const name = fileNameOf(this.id, objectId);
    if (name !== null && formatOf(name) !== null && basename(name) === name) return ok(join(files.folder, name));
    return err(notFound(objectId));
  }
}
