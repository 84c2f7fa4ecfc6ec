import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { DirectoryReading } from "../directory.ts";
import { meansFile, type RealPaths } from "../files/means-file.ts";
import { ProxyReadings, type ProxyReading } from "../files/proxy-readings.ts";
import { proxyIdentity } from "../identity/proxy-identity.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import type { ListenerMemory, Told } from "./memory.ts";

/** A proxy of the directory, and where its listeners come from. */
export type KnownProxy = ProxyReading<Told>;

interface ListenerBookOptions {
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address; each of its calls has its own deadline. */
  admin: (address: string) => ListenerAdmin;
  clock: Clock;
  memory: ListenerMemory;
}

/** Knows which proxies of which workloads take their listeners from which file, also of proxies that do not answer now. */
export function createListenerBook({ directory, admin, clock, memory }: ListenerBookOptions): ProxyReadings<Told> {
  return new ProxyReadings({
    directory,
    clock,
    ask: (address) => ask(admin(address)),
    async recall(id) {
      const { proxies } = await memory.read();
      return Object.hasOwn(proxies, id) ? (proxies[id] ?? null) : null;
    },
    async keep(readings) {
      await memory.update((state) => {
        state.proxies = Object.fromEntries(readings.flatMap(({ id, told }) => (told === null ? [] : [[id, told]])));
      });
    },
  });
}

async function ask(admin: ListenerAdmin): Promise<Result<Told>> {
  const [path, info, certs] = await Promise.all([admin.listenerFile(), admin.serverInfo(), admin.certs()]);
  if (!path.ok) return path;
  if (!info.ok) return info;
  // Only where nothing else names the workload does its certificate; an admin may keep certificates to itself.
  const chains = certs.ok ? certs.value.flatMap((entry) => entry.cert_chain) : [];
  const names = chains.flatMap((certificate) => certificate.subject_alt_names.flatMap((name) => name.uri ?? []));
  return ok({ path: path.value, workload: proxyIdentity(info.value.node, names)?.nodeId ?? null });
}

/** Those of the proxies that read this file. */
export async function readersOf(file: string, proxies: readonly KnownProxy[], fs: RealPaths): Promise<KnownProxy[]> {
  const reads = await Promise.all(proxies.map(({ told }) => readsFile(told, file, fs)));
  return proxies.filter((_, index) => reads[index] === true);
}

/** Whether a proxy that told this reads the file. */
export async function readsFile(told: Told | null, file: string, fs: RealPaths): Promise<boolean> {
  return told?.path == null ? false : await meansFile(told.path, file, fs);
}
