import { join } from "node:path";

import type { ProxyProof } from "#lib/model/change.ts";
import type { PreparedWrite, ProofBaseline } from "#lib/ports/write-target.ts";

import type { AdminClient } from "../admin/client.ts";
import { readConfigFile, type FileSystem } from "./config-folder.ts";
import { inBatches } from "./in-batches.ts";
import { readBaseline, type Judged } from "./refusal-counts.ts";
import { unreachableProof } from "./silence.ts";

const ASKED_AT_ONCE = 64;

/** The proxies of the directory, and what each told of where its configuration comes from (`null` = it never did). */
interface Book<T> {
  addresses(): Promise<ReadonlyMap<string, string>>;
  toldBy(id: string): Promise<T | null>;
  learnUnknown(): void;
}

/** What every affected proxy had refused before a write; `filter` = the statistics in which it counts that (RE2). */
export async function baselineOfEach<T>(
  write: PreparedWrite,
  book: Book<T>,
  admin: (address: string) => Pick<AdminClient, "processStart" | "stats">,
  filter: string,
  signal?: AbortSignal,
): Promise<ProofBaseline> {
  const addresses = await book.addresses();
  const entries = await inBatches(write.proxies, ASKED_AT_ONCE, async (id) => {
    const address = addresses.get(id);
    return [id, address === undefined ? null : await readBaseline(admin(address), filter, signal)] as const;
  });
  return Object.fromEntries(entries);
}

interface Proving<T, A> {
  write: PreparedWrite;
  baseline: ProofBaseline;
  book: Book<T>;
  /** What is written, for a sentence. */
  thing: "route" | "listener";
  admin: (address: string) => A;
  /** Whether a proxy that told this reads the file. */
  isReader: (told: T) => Promise<boolean>;
  /** When the file got the text of the write, epoch milliseconds; `null` when it does not hold it. */
  writtenAt: () => Promise<number | null>;
  ask: (question: Omit<Judged, "admin"> & { id: string; told: T; admin: A }) => Promise<ProxyProof>;
}

/** Asks every affected proxy now. One that turned out not to read the file is left out. */
export async function proveEach<T, A>({ write, baseline, book, thing, ...by }: Proving<T, A>): Promise<ProxyProof[]> {
  const addresses = await book.addresses();
  const writtenAtMs = write.proxies.some((id) => (baseline[id] ?? null) === null) ? await by.writtenAt() : null;
  book.learnUnknown();
  const proofs = await inBatches(write.proxies, ASKED_AT_ONCE, async (id): Promise<ProxyProof | null> => {
    const address = addresses.get(id);
    if (address === undefined) return unreachableProof(id, "It is no longer in the directory of proxies.");
    const known = baseline[id] ?? null;
    const told = await book.toldBy(id);
    if (told === null) return unreachableProof(id, `It was never reached so far, so whether it takes this ${thing} is not known.`);
    // Planned for because nobody had reached it then; it has told since that this file is not its own.
    if (known === null && !(await by.isReader(told))) return null;
    return await by.ask({ id, told, admin: by.admin(address), baseline: known, writtenAtMs });
  });
  return proofs.filter((proof) => proof !== null);
}

/** When a file got the text of a write, epoch milliseconds; `null` when it does not hold it. */
export async function writtenAt(fs: FileSystem, folder: string, name: string | null, write: PreparedWrite): Promise<number | null> {
  const file = name === null ? null : await readConfigFile(fs, folder, name);
  return file?.revision === write.revisionAfter ? file.modifiedAtMs : null;
}

/** Whole path of the file that an object of this folder means. */
export function pathIn(folder: string, name: string | null): string {
  return join(folder, name ?? "");
}
