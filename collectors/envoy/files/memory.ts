import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const MAX_WRITES_PER_FILE = 20;

/** Bytes that Weft wrote to a file, and the marker in them. */
export const WrittenBefore = z.object({ revision: z.string(), marker: z.string() });
export type WrittenBefore = z.infer<typeof WrittenBefore>;

/** The newest writes by file name. */
export const Writes = z.record(z.string(), z.array(WrittenBefore)).default({});

/** What must outlive this process; its own writes are always among it, so that Weft knows them again. */
export interface Memory<T extends { writes: z.output<typeof Writes> }> {
  read(): Promise<Readonly<T>>;
  /** Changes what is remembered and keeps it; a file that cannot be written costs the memory, never the caller. */
  update(change: (remembered: T) => void): Promise<void>;
  /** Notes bytes that are about to be written. */
  noteWrite(fileName: string, write: WrittenBefore): Promise<void>;
  writesTo(fileName: string): Promise<readonly WrittenBefore[]>;
}

/** `schema` must take `{}` for an empty memory. `path` = a file of the data folder; `null` keeps it for this process only. */
export function createMemory<T extends { writes: z.output<typeof Writes> }>(schema: z.ZodType<T>, path: string | null): Memory<T> {
  let loading: Promise<T> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let saved = "";

  const load = (): Promise<T> => (loading ??= loadFrom(schema, path));

  async function update(change: (remembered: T) => void): Promise<void> {
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
      update(({ writes }) => {
        const others = (writes[fileName] ?? []).filter((one) => one.revision !== write.revision);
        writes[fileName] = [...others, write].slice(-MAX_WRITES_PER_FILE);
      }),
    async writesTo(fileName) {
      const { writes } = await load();
      return Object.hasOwn(writes, fileName) ? (writes[fileName] ?? []) : [];
    },
  };
}

async function loadFrom<T>(schema: z.ZodType<T>, path: string | null): Promise<T> {
  if (path === null) return schema.parse({});
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : schema.parse({});
  } catch {
    return schema.parse({});
  }
}

async function saveTo(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
