import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const MAX_WRITES_PER_FILE = 20;

const Remembered = z.object({
  proxies: z.record(z.string(), z.array(z.object({ routeName: z.string(), path: z.string(), source: z.string() }))).default({}),
  clusters: z.record(z.string(), z.object({ nodeId: z.string(), service: z.string(), version: z.string().nullable() })).default({}),
  writes: z.record(z.string(), z.array(z.object({ revision: z.string(), marker: z.string() }))).default({}),
});
type Remembered = z.infer<typeof Remembered>;

/**
 * What must outlive this process so that a proxy that is dead at the next start still counts, and Weft knows its own
 * writing again: subscriptions by proxy, who stands behind a target name, and the newest writes by file name.
 */
export interface RoutingMemory {
  read(): Promise<Readonly<Remembered>>;
  /** Changes what is remembered and keeps it; a file that cannot be written costs the memory, never the caller. */
  update(change: (remembered: Remembered) => void): Promise<void>;
  /** Notes bytes that are about to be written. */
  noteWrite(fileName: string, write: { revision: string; marker: string }): Promise<void>;
}

/** `path` = a file of the data folder; `null` keeps it for this process only. */
export function createRoutingMemory(path: string | null): RoutingMemory {
  let loading: Promise<Remembered> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let saved = "";

  const load = (): Promise<Remembered> => (loading ??= loadFrom(path));

  async function update(change: (remembered: Remembered) => void): Promise<void> {
    const remembered = await load();
    change(remembered);
    const text = JSON.stringify(remembered);
    if (path === null || text === saved) return;
    saved = text;
    saving = saving.then(() => saveTo(path, text)).catch(() => undefined);
    await saving;
  }

  return {
    read: load,
    update,
    noteWrite: (fileName, write) =>
      update((remembered) => {
        const others = (remembered.writes[fileName] ?? []).filter((one) => one.revision !== write.revision);
        remembered.writes[fileName] = [...others, write].slice(-MAX_WRITES_PER_FILE);
      }),
  };
}

async function loadFrom(path: string | null): Promise<Remembered> {
  if (path === null) return empty();
  try {
    const parsed = Remembered.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? { ...empty(), ...parsed.data } : empty();
  } catch {
    return empty();
  }
}

function empty(): Remembered {
  return { proxies: {}, clusters: {}, writes: {} };
}

async function saveTo(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
