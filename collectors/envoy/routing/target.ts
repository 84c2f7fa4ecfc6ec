import { join } from "node:path";

import { plainName } from "#collectors/shared/plain-name.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { Route } from "#lib/model/routing.ts";
import type { DraftAnswer, RoutingTarget, SplitDraft } from "#lib/ports/routing-target.ts";

import { FileWriteTarget } from "../files/file-write-target.ts";
import { neverSeenAmong, neverSeenNotice } from "../files/never-seen.ts";
import { folderError } from "../files/standing.ts";
import { BOOK_TIMEOUT_MS, targetFilesIn, type FileTargetOptions, type TargetFiles } from "../files/target-files.ts";
import { createRoutingMemory } from "./memory.ts";
import { prepareWrite } from "./prepare-write.ts";
import { Prover } from "./prover.ts";
import { ProxyBook } from "./proxy-book.ts";
import { fileNameOf, RouteReader, type RouteView } from "./read-routes.ts";
import type { RoutingAdmin } from "./routing-admin.ts";
import { subscriptionsTo } from "./subscriptions.ts";
import type { TargetName } from "./target-names.ts";

export interface EnvoyRoutingTargetOptions extends FileTargetOptions<RoutingAdmin> {
  /** Folder of route files that the proxies watch and Weft may write: one file per routed host. */
  routesDir: string;
  /** Who a target is by everything the collector knows of its proxies; left out = by name and metadata alone. */
  identify?: (cluster: string) => TargetName | null;
}

export type EnvoyRoutingTarget = RoutingTarget & Pick<FileWriteTarget, "sweep">;

/** Routes kept as files that Envoys read (file RDS), one RouteConfiguration each. */
export function createEnvoyRoutingTarget(options: EnvoyRoutingTargetOptions): EnvoyRoutingTarget {
  return new FileRoutingTarget(options);
}

class FileRoutingTarget extends FileWriteTarget implements EnvoyRoutingTarget {
  readonly #files: TargetFiles<RoutingAdmin>;
  readonly #book: ProxyBook;
  readonly #reader: RouteReader;

  constructor(options: EnvoyRoutingTargetOptions) {
    const { id, routesDir, directory, clock, admin, identify = () => null, findChange = () => null } = options;
    const files = targetFilesIn(routesDir, options);
    const memory = createRoutingMemory(options.memoryFile);
    const book = new ProxyBook({ directory, clock, memory, identify, admin: (address) => admin(address, BOOK_TIMEOUT_MS) });
    super({ files, memory, prover: new Prover({ ...files, book }), fileNameOf, notFound: (objectId) => notFound(id, objectId) });
    this.#files = files;
    this.#book = book;
    const { folder, fs } = files;
    this.#reader = new RouteReader({ sourceId: id, folder, fs, book, memory, findChange, readersOf: (name) => this.#readersOf(name) });
  }

  async routes(): Promise<Result<Sourced<Route[]>>> {
    await this.#book.proxies("listing");
    try {
      const views = await this.#reader.files();
      const routes = (await Promise.all(views.map((view) => this.#reader.routesOf(view)))).flat();
      return ok(await this.#sourced(routes.map((one) => one.route)));
    } catch (cause) {
      return err(folderError("route", this.#files.folder, this.id, cause));
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
    return await prepareWrite(
      found.value,
      draft,
      {
        ...this.#files,
        readers: proxies.filter((proxy) => ids.has(proxy.id)),
        neverSeen: neverSeenAmong(proxies),
        files: await this.#reader.files().catch(() => []),
        readersOf: (other) => this.#readersOf(other),
      },
      signal,
    );
  }

  async #find(routeId: string): Promise<Result<RouteView>> {
    const name = fileNameOf(this.id, routeId);
    const view = name === null ? null : await this.#reader.file(name);
    const routes = view === null ? [] : await this.#reader.routesOf(view);
    const found = routes.find((one) => one.route.id === routeId);
    return found === undefined ? err(notFound(this.id, routeId, "routeId")) : ok(found);
  }

  async #readersOf(fileName: string): Promise<string[]> {
    const { folder, fs } = this.#files;
    const file = join(folder, fileName);
    const known = await this.#book.proxies("listing");
    const found = await Promise.all(
      known.map(async (proxy) => ((await subscriptionsTo(file, proxy.told ?? [], fs)).length > 0 ? [proxy.id] : [])),
    );
    return found.flat();
  }

  async #sourced<T>(value: T): Promise<Sourced<T>> {
    const { clock, folder } = this.#files;
    const silent = neverSeenAmong(await this.#book.proxies("listing"));
    const notices: Notice[] = silent.length === 0 ? [] : [neverSeenNotice("route", this.id, silent)];
    return {
      value,
      provenance: [{ source: this.id, kind: "Envoy route files", query: folder, observedAt: new Date(clock.nowMs()).toISOString() }],
      notices,
      coverage: silent.length === 0 ? "complete" : "partial",
    };
  }
}

function notFound(sourceId: string, routeId: string, field?: "routeId"): WeftError {
  return new WeftError("NOT_FOUND", `There is no route ${plainName(routeId)}.`, {
    ...(field !== undefined && { field }),
    mend: "Read the routes again.",
    sourceId,
  });
}
