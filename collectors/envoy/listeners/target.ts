import { plainName } from "#collectors/shared/plain-name.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { DemandAnswer, DemandDraft, DemandObject, DemandTarget } from "#lib/ports/demand-target.ts";
import type { PreparedWrite, WriteStanding } from "#lib/ports/write-target.ts";

import { FileWriteTarget } from "../files/file-write-target.ts";
import { neverSeenAmong, neverSeenNotice } from "../files/never-seen.ts";
import { formatOf } from "../files/parse-document.ts";
import type { ProxyReadings } from "../files/proxy-readings.ts";
import { folderError } from "../files/standing.ts";
import { BOOK_TIMEOUT_MS, targetFilesIn, type FileTargetOptions, type TargetFiles } from "../files/target-files.ts";
import { whySecret } from "./inline-secrets.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import { createListenerBook } from "./listener-book.ts";
import { createListenerMemory, type Told } from "./memory.ts";
import { fileNameOf } from "./object-ids.ts";
import { parseListenerText } from "./parse-listener-text.ts";
import { prepareDemand } from "./prepare-demand.ts";
import { Prover } from "./prover.ts";
import { DemandReader } from "./read-objects.ts";

export interface EnvoyDemandTargetOptions extends FileTargetOptions<ListenerAdmin> {
  /** Folder of listener files that the proxies watch and Weft may write. */
  listenersDir: string;
}

export type EnvoyDemandTarget = DemandTarget & Pick<FileWriteTarget, "sweep">;

/** What workloads demand, kept in files from which Envoys take their listeners (file LDS). */
export function createEnvoyDemandTarget(options: EnvoyDemandTargetOptions): EnvoyDemandTarget {
  return new FileDemandTarget(options);
}

class FileDemandTarget extends FileWriteTarget implements EnvoyDemandTarget {
  readonly #files: TargetFiles<ListenerAdmin>;
  readonly #book: ProxyReadings<Told>;
  readonly #reader: DemandReader;

  constructor(options: EnvoyDemandTargetOptions) {
    const { id, listenersDir, directory, clock, admin, findChange = () => null } = options;
    const files = targetFilesIn(listenersDir, options);
    const memory = createListenerMemory(options.memoryFile);
    const book = createListenerBook({ directory, clock, memory, admin: (address) => admin(address, BOOK_TIMEOUT_MS) });
    super({ files, memory, prover: new Prover({ ...files, book }), fileNameOf, notFound: (objectId) => notFound(id, objectId) });
    this.#files = files;
    this.#book = book;
    this.#reader = new DemandReader({ sourceId: id, folder: files.folder, fs: files.fs, memory, findChange });
  }

  async objects(): Promise<Result<Sourced<DemandObject[]>>> {
    const { folder, clock } = this.#files;
    const proxies = await this.#book.proxies("listing");
    const silent = neverSeenAmong(proxies);
    try {
      const found = await this.#reader.all(proxies);
      const broken = found.filter((one) => one.view === null).map((one) => one.object);
      return ok({
        value: found.map((one) => one.object),
        provenance: [{ source: this.id, kind: "Envoy listener files", query: folder, observedAt: new Date(clock.nowMs()).toISOString() }],
        notices: [
          ...(silent.length === 0 ? [] : [neverSeenNotice("listener", this.id, silent)]),
          ...broken.map((one) => this.#brokenNotice(one)),
        ],
        coverage: silent.length + broken.length === 0 ? "complete" : "partial",
      });
    } catch (cause) {
      return err(folderError("listener", folder, this.id, cause));
    }
  }

  async prepare(draft: DemandDraft, signal?: AbortSignal): Promise<Result<DemandAnswer>> {
    const proxies = await this.#book.proxies("planning");
    const name = fileNameOf(this.id, draft.objectId);
    const inFile = name === null ? [] : await this.#reader.inFile(name, proxies);
    // A file that cannot be read has one object in the place of all of its listeners.
    const found = inFile.find((one) => one.object.id === draft.objectId) ?? inFile.find((one) => one.view === null);
    if (found === undefined) return err(notFound(this.id, draft.objectId));
    return await prepareDemand(found, draft, { ...this.#files, neverSeen: neverSeenAmong(proxies) }, signal);
  }

  override async standing(write: PreparedWrite): Promise<Result<WriteStanding>> {
    const standing = await super.standing(write);
    if (!standing.ok || standing.value.at !== "foreign" || standing.value.diff === null) return standing;
    // A diff leaves the server; what somebody else wrote may hold what must not.
    const { after } = standing.value.diff;
    const format = formatOf(fileNameOf(this.id, write.objectId) ?? "") ?? "yaml";
    return whySecret(after, parseListenerText(after, format).data) === null ? standing : ok({ ...standing.value, diff: null });
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
}

function notFound(sourceId: string, objectId: string): WeftError {
  return new WeftError("NOT_FOUND", `There is no listener ${plainName(objectId)}.`, {
    field: "objectId",
    mend: "Read the listeners again.",
    sourceId,
  });
}
