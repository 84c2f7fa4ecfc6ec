import { join } from "node:path";

import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { unknownId } from "#lib/model/ids.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import type { DemandObject } from "#lib/ports/demand-target.ts";

import type { Listener } from "../admin/wire-config.ts";
import { listConfigFiles, readConfigFile, type ConfigFile, type FileSystem } from "../files/config-folder.ts";
import { inBatches } from "../files/in-batches.ts";
import type { WrittenBefore } from "../files/memory.ts";
import { nameProxies } from "../files/name-proxies.ts";
import { claimedMarker, ownerBy, rememberedMarker, unknownOwner } from "../files/owner.ts";
import { isInbound, listenerDemand, plaintextRemoval } from "./chains.ts";
import { readersOf, type KnownProxy } from "./listener-book.ts";
import type { ListenerMemory } from "./memory.ts";
import { objectIdOf } from "./object-ids.ts";
import { parseListenerText, type ListenerText } from "./parse-listener-text.ts";

/** One inbound listener of a file, with what is needed to edit it. */
export interface DemandView {
  object: DemandObject;
  file: ConfigFile;
  parsed: ListenerText;
  /** Which resource of the file it is. */
  index: number;
  listener: Listener;
  /** Those proxies that take the file. */
  readers: readonly KnownProxy[];
  /** Node ids of the workloads whose proxies take it, in order. */
  workloads: readonly string[];
}

/** An object that cannot even be looked into stands without a view. */
export type FoundDemand = { object: DemandObject; view: DemandView | null };

interface DemandReaderOptions {
  sourceId: string;
  folder: string;
  fs: FileSystem;
  memory: ListenerMemory;
  findChange: (marker: string) => string | null;
}

const READERS = 16;
/** What can be changed comes first: a reader that takes one object per workload takes that. */
const ORDER: readonly ServerDemand[] = ["permissive", "strict", "off", "oneWay", "unknown"];

/** Reads the folder of listener files into what each inbound listener demands. */
export class DemandReader {
  readonly #options: DemandReaderOptions;
  #parsed = new Map<string, { revision: string; parsed: ListenerText }>();

  constructor(options: DemandReaderOptions) {
    this.#options = options;
  }

  /** Every inbound listener of every file. Throws what reading the folder throws. */
  async all(proxies: readonly KnownProxy[]): Promise<FoundDemand[]> {
    const { fs, folder } = this.#options;
    const names = await listConfigFiles(fs, folder);
    const found = await inBatches(names, READERS, (name) => this.inFile(name, proxies));
    const kept = new Set(names);
    for (const name of this.#parsed.keys()) if (!kept.has(name)) this.#parsed.delete(name);
    return found.flat().toSorted((a, b) => ORDER.indexOf(a.object.demand) - ORDER.indexOf(b.object.demand));
  }

  /** Those of one file; empty when there is none. */
  async inFile(name: string, proxies: readonly KnownProxy[]): Promise<FoundDemand[]> {
    const { fs, folder, memory } = this.#options;
    const file = await readConfigFile(fs, folder, name);
    if (file === null) return [];
    const parsed = file.text === null ? null : this.#parse(file, file.text);
    const readers = await readersOf(join(folder, name), proxies, fs);
    const workloads = [...new Set(readers.flatMap(({ told }) => told?.workload ?? []))].toSorted();
    const problem = file.problem ?? parsed?.problem ?? null;
    if (parsed === null || problem !== null) return [{ object: this.#broken(file, readers, workloads, problem), view: null }];
    const writes = await memory.writesTo(name);
    const inbound = [...parsed.listeners.entries()].filter(([, listener]) => isInbound(listener));
    return inbound.map(([index, listener]) => {
      const object: DemandObject = {
        id: objectIdOf(this.#options.sourceId, name, listener.name),
        workload: workloadOf(file, workloads),
        demand: listenerDemand(listener),
        location: inbound.length === 1 ? file.location : `${file.location} (${plainName(listener.name)})`,
        revision: file.revision,
        owner: this.#ownerOf(file, parsed, writes),
        proxies: readers.map((proxy) => proxy.id),
        problem: null,
      };
      const view = { object, file, parsed, index, listener, readers, workloads };
      return { object: { ...object, problem: whyNotSteerable(view, proxies) }, view };
    });
  }

  #parse(file: ConfigFile, text: string): ListenerText {
    const known = this.#parsed.get(file.name);
    if (known?.revision === file.revision && known.parsed.format === file.format) return known.parsed;
    const parsed = parseListenerText(text, file.format);
    this.#parsed.set(file.name, { revision: file.revision, parsed });
    return parsed;
  }

  #ownerOf(file: ConfigFile, { versionInfo }: ListenerText, writes: readonly WrittenBefore[]): DemandObject["owner"] {
    const marker = rememberedMarker(writes, file.revision) ?? claimedMarker(versionInfo, writes);
    return ownerBy(marker, { modifiedAtMs: file.modifiedAtMs, findChange: this.#options.findChange });
  }

  #broken(file: ConfigFile, readers: readonly KnownProxy[], workloads: readonly string[], problem: string | null): DemandObject {
    return {
      id: objectIdOf(this.#options.sourceId, file.name, ""),
      workload: workloadOf(file, workloads),
      demand: "unknown",
      location: file.location,
      revision: file.revision,
      owner: unknownOwner(file.modifiedAtMs),
      proxies: readers.map((proxy) => proxy.id),
      problem: problem ?? "The file cannot be read.",
    };
  }
}

/** The workload whose proxies read the file; a file that nobody is known to read stands for itself. */
function workloadOf(file: ConfigFile, [first]: readonly string[]): string {
  return first ?? unknownId(plainIdPart(file.name.replace(/\.[^.]+$/, "")));
}

/** Why a write here would not make exactly this workload strict; `null` when it would, or when it is so already. */
function whyNotSteerable({ object, file, listener, workloads, readers }: DemandView, proxies: readonly KnownProxy[]): string | null {
  if (listener.name === "") return "The listener has no name, so no proxy could be asked for it.";
  if (object.demand === "strict") return null;
  const removal = plaintextRemoval(listener);
  if ("reason" in removal) return removal.reason;
  if (readers.length === 0) return `No proxy is known to read ${file.location}.`;
  const [workload, ...others] = workloads;
  if (others.length > 0)
    return `${file.location} is read by proxies of several workloads (${workloads.map(plainName).join(", ")}), so it would become strict for all of them.`;
  const apart = proxies.filter((proxy) => proxy.told?.workload === workload && !readers.includes(proxy)).map((proxy) => proxy.id);
  if (workload !== undefined && apart.length > 0)
    return `${nameProxies(apart)} of the same workload ${apart.length === 1 ? "takes its" : "take their"} listeners from elsewhere, so only a part of it would become strict.`;
  return null;
}
