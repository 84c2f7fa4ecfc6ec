import { plainIdPart } from "#collectors/shared/plain-name.ts";
import { unknownId } from "#lib/model/ids.ts";
import type { Route } from "#lib/model/routing.ts";

import { inBatches } from "../files/in-batches.ts";
import type { RoutingMemory } from "./memory.ts";
import { unknownOwner } from "../files/owner.ts";
import { ownerOf } from "./ownership.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import type { ProxyBook } from "./proxy-book.ts";
import { hostOf, readRules, type FileRule } from "./read-rules.ts";
import { listConfigFiles, readConfigFile, type FileSystem, type ConfigFile } from "../files/config-folder.ts";

/** A route file as read, and parsed where it could be. */
export interface FileView {
  file: ConfigFile;
  parsed: RouteText | null;
}

/** One route with what is needed to edit it. */
export interface RouteView {
  route: Route;
  rules: FileRule[];
  view: FileView;
  /** Which of the file's route configurations it is. */
  index: number;
}

interface RouteReaderOptions {
  sourceId: string;
  folder: string;
  fs: FileSystem;
  book: ProxyBook;
  memory: RoutingMemory;
  findChange: (marker: string) => string | null;
  /** Ids of the proxies that read this file, as far as is known without asking. */
  readersOf: (fileName: string) => Promise<string[]>;
}

const READERS = 16;

/** Reads the folder of route files into routes; a text is parsed again only when its bytes changed. */
export class RouteReader {
  readonly #options: RouteReaderOptions;
  #parsed = new Map<string, { revision: string; parsed: RouteText }>();

  constructor(options: RouteReaderOptions) {
    this.#options = options;
  }

  /** Every file of the folder. Throws what reading the folder throws. */
  async files(): Promise<FileView[]> {
    const { fs, folder } = this.#options;
    const names = await listConfigFiles(fs, folder);
    const views = await inBatches(names, READERS, (name) => this.file(name));
    const kept = new Set(names);
    for (const name of this.#parsed.keys()) if (!kept.has(name)) this.#parsed.delete(name);
    return views.filter((view) => view !== null);
  }

  /** `null` when there is no such route file. */
  async file(name: string): Promise<FileView | null> {
    const file = await readConfigFile(this.#options.fs, this.#options.folder, name);
    if (file === null) return null;
    return { file, parsed: file.text === null ? null : this.#parse(file, file.text) };
  }

  async routesOf(view: FileView): Promise<RouteView[]> {
    const count = Math.max(1, view.parsed?.configs.length ?? 0);
    const proxies = await this.#options.readersOf(view.file.name);
    const writes = await this.#options.memory.writesTo(view.file.name);
    return Array.from({ length: count }, (_, index) => this.#toRoute(view, index, count, proxies, writes));
  }

  #parse(file: ConfigFile, text: string): RouteText {
    const known = this.#parsed.get(file.name);
    if (known?.revision === file.revision && known.parsed.format === file.format) return known.parsed;
    const parsed = parseRouteText(text, file.format);
    this.#parsed.set(file.name, { revision: file.revision, parsed });
    return parsed;
  }

  #toRoute(
    view: FileView,
    index: number,
    count: number,
    proxies: string[],
    writes: readonly { revision: string; marker: string }[],
  ): RouteView {
    const { sourceId, book, findChange } = this.#options;
    const { file, parsed } = view;
    const rules = parsed === null ? [] : readRules(parsed, index, (cluster) => book.facts(cluster));
    const config = parsed?.configs[index];
    const stem = file.name.replace(/\.[^.]+$/, "");
    const host = config === undefined ? plainIdPart(stem) : hostOf(config);
    const route: Route = {
      id: routeId(sourceId, file.name, count > 1 ? index : null),
      host,
      target: this.#targetOf(rules, host),
      kind: "Envoy route file",
      source: sourceId,
      owner:
        parsed === null
          ? unknownOwner(file.modifiedAtMs)
          : ownerOf({ file: parsed, revision: file.revision, modifiedAtMs: file.modifiedAtMs, rules, writes, findChange }),
      rules: rules.map((one) => one.rule),
      revision: file.revision,
      config: { format: file.format, location: file.location, text: file.text ?? "" },
      proxies,
      problem: file.problem ?? parsed?.problem ?? null,
    };
    return { route, rules, view, index };
  }

  /** The service that most rules send their calls to; where none is known, the one that goes by the host's name. */
  #targetOf(rules: readonly FileRule[], host: string): string {
    const counts = new Map<string, number>();
    for (const leg of rules.flatMap((rule) => rule.split.legs)) {
      const { nodeId } = this.#options.book.facts(leg.cluster);
      counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
    }
    const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
    return most?.[0] ?? this.#options.book.nodeOfService(host) ?? unknownId(plainIdPart(host));
  }
}

function routeId(sourceId: string, fileName: string, index: number | null): string {
  return `${sourceId}:${fileName}${index === null ? "" : `#${index}`}`;
}

/** Name of the file that a route id of this source means; `null` for an id of another source. */
export function fileNameOf(sourceId: string, id: string): string | null {
  const prefix = `${sourceId}:`;
  return id.startsWith(prefix) ? id.slice(prefix.length).replace(/(\.(?:ya?ml|json))#\d+$/i, "$1") : null;
}
