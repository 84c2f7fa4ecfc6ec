import { basename, join } from "node:path";
import * as nodeFs from "node:fs/promises";

import { plainName } from "#collectors/shared/plain-name.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { DemandAnswer, DemandDraft, DemandObject, DemandTarget } from "#lib/ports/demand-target.ts";
import type { Clock } from "#lib/ports/time.ts";
import type { PreparedWrite, ProofBaseline, WriteStanding } from "#lib/ports/write-target.ts";

import type { DirectoryReading } from "../directory.ts";
import type { FileSystem } from "../files/config-folder.ts";
import { replaceFile, sweepTemporaries } from "../files/guarded-replace.ts";
import { neverSeenNotice } from "../files/never-seen.ts";
import { formatOf } from "../files/parse-document.ts";
import type { ProxyReadings } from "../files/proxy-readings.ts";
import { folderError, standingOf } from "../files/standing.ts";
import { whySecret } from "./inline-secrets.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import { createListenerBook } from "./listener-book.ts";
import { createListenerMemory, type ListenerMemory, type Told } from "./memory.ts";
import { fileNameOf } from "./object-ids.ts";
import { parseListenerText } from "./parse-listener-text.ts";
import { prepareDemand } from "./prepare-demand.ts";
import { Prover } from "./prover.ts";
import { DemandReader } from "./read-objects.ts";

export interface EnvoyDemandTargetOptions {
  id: string;
  /** Folder of listener files that the proxies watch and Weft may write. */
  listenersDir: string;
  /** The proxies that exist, as the collector's directory names them. */
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address whose every call is given up after `timeoutMs`. */
  admin: (address: string, timeoutMs: number) => ListenerAdmin;
  clock: Clock;
  /** An Envoy for dry runs; `null` where none is at hand, which a check then says. */
  validateBinary: string | null;
  /** A file of Weft's data folder in which readers and own writes are remembered; `null` = for this process only. */
  memoryFile: string | null;
  /** The change that wrote with this marker; `null` when nobody knows. */
  findChange?: (marker: string) => string | null;
  /** For tests: a file system that fails on purpose. */
  fs?: FileSystem;
}

export interface EnvoyDemandTarget extends DemandTarget {
  /** Removes temporary files that a killed process left in the folder; to be called once at start. Returns their names. */
  sweep(): Promise<string[]>;
}

/** Deadline of each question after a change: a frozen proxy must not hold up the proof of the others. */
const PROOF_TIMEOUT_MS = 400;
/** Certificates are long answers, and this is asked rarely. */
const BOOK_TIMEOUT_MS = 1_500;
/** Younger temporary files may belong to another process that is writing right now. */
const STALE_AFTER_MS = 10_000;

/** What workloads demand, kept in files from which Envoys take their listeners (file LDS). */
export function createEnvoyDemandTarget(options: EnvoyDemandTargetOptions): EnvoyDemandTarget {
  return new FileDemandTarget(options);
}

class FileDemandTarget implements EnvoyDemandTarget {
  readonly id: string;
  readonly #options: EnvoyDemandTargetOptions;
  readonly #fs: FileSystem;
  readonly #memory: ListenerMemory;
  readonly #book: ProxyReadings<Told>;
  readonly #reader: DemandReader;
  readonly #prover: Prover;

  constructor(options: EnvoyDemandTargetOptions) {
    const { id, listenersDir: folder, directory, clock, admin, validateBinary, findChange = () => null } = options;
    this.id = id;
    this.#options = options;
    this.#fs = options.fs ?? nodeFs;
    this.#memory = createListenerMemory(options.memoryFile);
    this.#book = createListenerBook({ directory, clock, memory: this.#memory, admin: (address) => admin(address, BOOK_TIMEOUT_MS) });
    this.#reader = new DemandReader({ sourceId: id, folder, fs: this.#fs, memory: this.#memory, findChange });
    this.#prover = new Prover({
      sourceId: id,
      folder,
      fs: this.#fs,
      clock,
      book: this.#book,
      admin: (address) => admin(address, PROOF_TIMEOUT_MS),
      validateBinary,
    });
  }

  async objects(): Promise<Result<Sourced<DemandObject[]>>> {
    const { clock, listenersDir } = this.#options;
    const proxies = await this.#book.proxies("listing");
    const silent = proxies.filter((proxy) => proxy.told === null).map((proxy) => proxy.id);
    try {
      const found = await this.#reader.all(proxies);
      const broken = found.filter((one) => one.view === null).map((one) => one.object);
      return ok({
        value: found.map((one) => one.object),
        provenance: [
          { source: this.id, kind: "Envoy listener files", query: listenersDir, observedAt: new Date(clock.nowMs()).toISOString() },
        ],
        notices: [
          ...(silent.length === 0 ? [] : [neverSeenNotice("listener", this.id, silent)]),
          ...broken.map((one) => this.#brokenNotice(one)),
        ],
        coverage: silent.length + broken.length === 0 ? "complete" : "partial",
      });
    } catch (cause) {
      return err(folderError("listener", listenersDir, this.id, cause));
    }
  }

  async prepare(draft: DemandDraft, signal?: AbortSignal): Promise<Result<DemandAnswer>> {
    const proxies = await this.#book.proxies("planning");
    const name = fileNameOf(this.id, draft.objectId);
    const inFile = name === null ? [] : await this.#reader.inFile(name, proxies);
    // A file that cannot be read has one object in the place of all of its listeners.
    const found = inFile.find((one) => one.object.id === draft.objectId) ?? inFile.find((one) => one.view === null);
    if (found === undefined) return err(this.#notFound(draft.objectId));
    const { listenersDir: folder, clock, validateBinary, admin } = this.#options;
    return await prepareDemand(
      found,
      draft,
      {
        targetId: this.id,
        folder,
        fs: this.#fs,
        clock,
        validateBinary,
        admin: (address) => admin(address, PROOF_TIMEOUT_MS),
        neverSeen: proxies.filter((proxy) => proxy.told === null).map((proxy) => proxy.id),
      },
      signal,
    );
  }

  async baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline> {
    return await this.#prover.baseline(write, signal);
  }

  async apply(write: PreparedWrite): Promise<Result<void>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    await this.#memory.noteWrite(basename(path.value), { revision: write.revisionAfter, marker: write.marker });
    return await replaceFile(this.#fs, { path: path.value, expectedRevision: write.revisionBefore, text: write.after });
  }

  async restore(write: PreparedWrite): Promise<Result<void>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    return await replaceFile(this.#fs, { path: path.value, expectedRevision: write.revisionAfter, text: write.before });
  }

  async standing(write: PreparedWrite): Promise<Result<WriteStanding>> {
    const path = this.#pathOf(write);
    if (!path.ok) return path;
    const standing = await standingOf(this.#fs, path.value, write, this.id);
    if (!standing.ok || standing.value.at !== "foreign" || standing.value.diff === null) return standing;
    // A diff leaves the server; what somebody else wrote may hold what must not.
    const { after } = standing.value.diff;
    const format = formatOf(path.value) ?? "yaml";
    return whySecret(after, parseListenerText(after, format).data) === null ? standing : ok({ ...standing.value, diff: null });
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    return await this.#prover.verify(write, baseline, signal);
  }

  async sweep(): Promise<string[]> {
    return await sweepTemporaries(this.#fs, this.#options.listenersDir, this.#options.clock.nowMs(), STALE_AFTER_MS);
  }

  #pathOf({ objectId }: PreparedWrite): Result<string> {
    const name = fileNameOf(this.id, objectId);
    if (name !== null && formatOf(name) !== null && basename(name) === name) return ok(join(this.#options.listenersDir, name));
    return err(this.#notFound(objectId));
  }

  #brokenNotice({ location, problem }: DemandObject): Notice {
    return {
      level: "warning",
      code: "listener-file",
      text: `${location} cannot be worked with: ${problem ?? "it cannot be read."}`,
      source: this.id,
      mend: "Mend the file: a proxy that restarts on it may lose its listeners.",
    };
  }

  #notFound(objectId: string): WeftError {
    return new WeftError("NOT_FOUND", `There is no listener ${plainName(objectId)}.`, {
      field: "objectId",
      mend: "Read the listeners again.",
      sourceId: this.id,
    });
  }
}
