import { createHash } from "node:crypto";
import type * as nodeFs from "node:fs/promises";
import { basename, join } from "node:path";

import { plainName } from "#collectors/shared/plain-name.ts";

import { formatOf, type FileFormat } from "./parse-document.ts";

/** The part of the file system that this folder is read and written through. */
export type FileSystem = Pick<typeof nodeFs, "access" | "lstat" | "open" | "readdir" | "realpath" | "rename" | "unlink">;

const MAX_BYTES = 1024 * 1024;

/** Part of the name of every file that Weft writes before it renames it; no name with it is ever read as configuration. */
export const TEMPORARY_MARK = ".weft-tmp-";

/** A file as it stands. `text` is `null` when it could not be read as text; `problem` then says why. */
export interface ConfigFile {
  name: string;
  /** Folder's name and file's name, as people know it: `routes/reviews.yaml`. */
  location: string;
  format: FileFormat;
  text: string | null;
  /** SHA-256 of the bytes; empty when they were not read. */
  revision: string;
  modifiedAtMs: number | null;
  problem: string | null;
  /** The system's name for why it could not be read at all; `null` when it could, or was not asked to. */
  readError: string | null;
}

/** SHA-256 of a text's bytes, in hex. */
export function revisionOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Names of the files that hold configuration, sorted. Throws what `readdir` throws. */
export async function listConfigFiles(fs: FileSystem, folder: string): Promise<string[]> {
  const names = await fs.readdir(folder);
  return names.filter((name) => !name.startsWith(".") && !name.includes(TEMPORARY_MARK) && formatOf(name) !== null).toSorted();
}

/** Reads one file; whatever it is, the answer is a text or a problem. `null` when there is no such file. */
export async function readConfigFile(fs: FileSystem, folder: string, name: string): Promise<ConfigFile | null> {
  const format = formatOf(name);
  if (format === null || basename(name) !== name) return null;
  const file: ConfigFile = {
    name,
    location: locationOf(folder, name),
    format,
    text: null,
    revision: "",
    modifiedAtMs: null,
    problem: null,
    readError: null,
  };
  try {
    const stat = await fs.lstat(join(folder, name));
    file.modifiedAtMs = stat.mtimeMs;
    if (stat.isSymbolicLink()) return { ...file, problem: "The file is a symbolic link, which Weft does not write through." };
    if (!stat.isFile()) return { ...file, problem: "This is not a regular file." };
    if (stat.size > MAX_BYTES) return { ...file, problem: "The file is larger than 1 MiB, which Weft does not read." };
    const bytes = await readBytes(fs, join(folder, name));
    if (bytes.length > MAX_BYTES) return { ...file, problem: "The file is larger than 1 MiB, which Weft does not read." };
    const text = decode(bytes);
    const problem = text === null ? "The file is not UTF-8 text." : null;
    return { ...file, text, revision: revisionOf(bytes), problem };
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT") return null;
    return { ...file, problem: `The file cannot be read (${code}).`, readError: code };
  }
}

export function locationOf(folder: string, name: string): string {
  return `${plainName(basename(folder))}/${plainName(name)}`;
}

/** All bytes of a regular file. */
export async function readBytes(fs: Pick<FileSystem, "open">, path: string): Promise<Buffer> {
  const handle = await fs.open(path, "r");
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The system's short name for what went wrong. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown reason";
}

/** `null` for bytes that are not UTF-8: a text that cannot be written back byte for byte is not edited. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
