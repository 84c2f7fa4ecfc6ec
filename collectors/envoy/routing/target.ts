import { basename, join } from "node:path";
import * as nodeFs from "node:fs/promises";

import type { RoutingAdmin } from "./routing-admin.ts";
import type { DirectoryReading } from "../directory.ts";
import { plainName } from "#collectors/shared/plain-name.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { Route } from "#lib/model/routing.ts";
import type { Clock } from "#lib/ports/time.ts";
import type { DraftAnswer, RoutingTarget, SplitDraft } from "#lib/ports/routing-target.ts";
import type { PreparedWrite, ProofBaseline, WriteStanding } from "#lib/ports/write-target.ts";

import { replaceFile, sweepTemporaries } from "../files/guarded-replace.ts";
import { createRoutingMemory, type RoutingMemory } from "./memory.ts";
import { folderError, standingOf } from "../files/standing.ts";
import { neverSeenNotice } from "../files/never-seen.ts";
import { formatOf } from "../files/parse-document.ts";
import { prepareWrite } from "./prepare-write.ts";
import { Prover } from "./prover.ts";
import { ProxyBook } from "./proxy-book.ts";
import { fileNameOf, RouteReader, type RouteView } from "./read-routes.ts";
import type { FileSystem } from "../files/config-folder.ts";
import { subscriptionsTo } from "./subscriptions.ts";
import type { TargetName } from "./target-names.ts";

export interface EnvoyRoutingTargetOptions {
  id: string;
  /** Folder of route files that the proxies watch and Weft may write: one file per routed host. */
  routesDir: string;
  /** The proxies that exist, as the collector's directory names them. */
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address whose every call is given up after `timeoutMs`. */
  admin: (address: string, timeoutMs: number) => RoutingAdmin;
  clock: Clock;
  /** An Envoy for dry runs; `null` where none is at hand, which a check then says. */
  validateBinary: string | null;
  /** A file of Weft's data folder in which subscriptions and own writes are remembered; `null` = for this process only. */
  memoryFile: string | null;
  /** The change that wrote with this marker; `null` when nobody knows. */
  findChange?: (marker: string) => string | null;
  /** Who a target is by everything the collector knows of its proxies; left out = by name and metadata alone. */
  identify?: (cluster: string) => TargetName | null;
  /** For tests: a file system that fails on purpose. */
  fs?: FileSystem;
}

export interface EnvoyRoutingTarget extends RoutingTarget {
  /** Removes temporary files that a killed process left in the folder; to be called once at start. Returns their names. */
  sweep(): Promise<string[]>;
}

/** Deadline of each question after a change: a frozen proxy must not hold up the proof of the others. */
const PROOF_TIMEOUT_MS = 400;
/** Listeners are long answers, and this is asked rarely. */
const BOOK_TIMEOUT_MS = 1_500;
/** Younger temporary files may belong to another process that is writing right now. */
const STALE_AFTER_MS = 10_000;

/** Routes kept as files that Envoys read (file RDS), one RouteConfiguration each. */
export function createEnvoyRoutingTarget(options: EnvoyRoutingTargetOptions): EnvoyRoutingTarget {
  return new FileRoutingTarget(options);
}

class FileRoutingTarget implements EnvoyRoutingTarget {
  readonly id: string;
  readonly #options: EnvoyRoutingTargetOptions;
  readonly #fs: FileSystem;
  readonly #memory: RoutingMemory;
  readonly #book: ProxyBook;
  readonly #reader: RouteReader;
  readonly #prover: Prover;

  constructor(options: EnvoyRoutingTargetOptions) {
    this.id = options.id;
    this.#options = options;
    this.#fs = options.fs ?? nodeFs;
    this.#memory = createRoutingMemory(options.memoryFile);
    const { directory, clock, identify = () => null } = options;
    this.#book = new ProxyBook({
      directory,
      clock,
      memory: this.#memory,
      identify,
      admin: (address) => options.admin(address, BOOK_TIMEOUT_MS),
    });
    this.#reader = new RouteReader({
      sourceId: options.id,
      folder: options.routesDir,
      fs: this.#fs,
      book: this.#book,
      memory: this.#memory,
      findChange: options.findChange ?? (() => null),
      readersOf: (name) => this.#readersOf(name),
    });
    this.#prover = new Prover({
      sourceId: options.id,
      folder: options.routesDir,
      fs: this.#fs,
      clock,
      book: this.#book,
      admin: (address) => options.admin(address, PROOF_TIMEOUT_MS),
      validateBinary: options.validateBinary,
    });
  }

  async routes(): Promise<Result<Sourced<Route[]>>> {
    await this.#book.proxies("listing");
    try {
      const views = await this.#reader.files();
      const routes = (await Promise.all(views.map((view) => this.#reader.routesOf(view)))).flat();
      return ok(await this.#sourced(routes.map((one) => one.route)));
    } catch (cause) {
      return err(folderError("route", this.#options.routesDir, this.id, cause));
    }
  }

  async route(routeId: string): Promise<Result<Sourced<Route>>> {
    await this.#book.proxies("listing");
    const found = await this.#find(routeId);
    return found.ok ? ok(await this.#sourced(found.value.route)) : found;
  }

  async prepare(draft: SplitDraft, signal?: AbortSignal): Promise<Result<DraftAnswer>> {
    const proxies = await this.#book.proxies("planning");
    const found = await this.#find(draft.routeId);
    if (!found.ok) return found;
    const { name } = found.value.view.file;
    const ids = new Set(await this.#readersOf(name));
    const { routesDir, clock, validateBinary, admin } = this.#options;
    return await prepareWrite(
      found.value,
      draft,
      {
        targetId: this.id,
        folder: routesDir,
        fs: this.#fs,
        clock,
        validateBinary,
        admin: (address) => admin(address, PROOF_TIMEOUT_MS),
        readers: proxies.filter((proxy) => ids.has(proxy.id)),
        neverSeen: proxies.filter((proxy) => proxy.told === null).map((proxy) => proxy.id),
        files: await this.#reader.files().catch(() => []),
        readersOf: (other) => this.#readersOf(other),
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
    return await standingOf(this.#fs, path.value, write, this.id);
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    return await this.#prover.verify(write, baseline, signal);
  }

  async sweep(): Promise<string[]> {
    return await sweepTemporaries(this.#fs, this.#options.routesDir, this.#options.clock.nowMs(), STALE_AFTER_MS);
  }

  async #find(routeId: string): Promise<Result<RouteView>> {
    const name = fileNameOf(this.id, routeId);
    const view = name === null ? null : await this.#reader.file(name);
    const routes = view === null ? [] : await this.#reader.routesOf(view);
    const found = routes.find((one) => one.route.id === routeId);
    if (found !== undefined) return ok(found);
    return err(
      new WeftError("NOT_FOUND", `There is no route ${plainName(routeId)}.`, {
        field: "routeId",
        mend: "Read the routes again.",
        sourceId: this.id,
      }),
    );
  }

  async #readersOf(fileName: string): Promise<string[]> {
    const file = join(this.#options.routesDir, fileName);
    const known = await this.#book.proxies("listing");
    const found = await Promise.all(
      known.map(async (proxy) => ((await subscriptionsTo(file, proxy.told ?? [], this.#fs)).length > 0 ? [proxy.id] : [])),
    );
    return found.flat();
  }

  #pathOf(write: PreparedWrite): Result<string> {
    const name = fileNameOf(this.id, write.objectId);
    if (name !== null && formatOf(name) !== null && basename(name) === name) return ok(join(this.#options.routesDir, name));
    return err(
      new WeftError("NOT_FOUND", `There is no route ${plainName(write.objectId)}.`, { sourceId: this.id, mend: "Read the routes again." }),
    );
  }

  async #sourced<T>(value: T): Promise<Sourced<T>> {
    const { clock, routesDir } = this.#options;
    const silent = (await this.#book.proxies("listing")).filter((proxy) => proxy.told === null).map((proxy) => proxy.id);
    const notices: Notice[] = silent.length === 0 ? [] : [neverSeenNotice("route", this.id, silent)];
    return {
      value,
      provenance: [{ source: this.id, kind: "Envoy route files", query: routesDir, observedAt: new Date(clock.nowMs()).toISOString() }],
      notices,
      coverage: silent.length === 0 ? "complete" : "partial",
    };
  }
}
