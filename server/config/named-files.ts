import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { LineCounter, parseDocument } from "yaml";

import { printable } from "#lib/routing/printable.ts";

import { placeOf, valueOf, type Mistake } from "./file-mistakes.ts";

/** A file that the configuration names. */
export interface NamedFile {
  line: number;
  field: string;
  /** Whole path. */
  path: string;
  /** Its text is read anew for every question, so that it may come later. Others are read once, when their source is opened. */
  isReadAgain: boolean;
  holds: Content;
}

/** A file that is named and cannot be used as it stands. */
export interface FileMistake extends Mistake {
  file: NamedFile;
}

interface Content {
  /** What must stand in it. */
  mark: RegExp;
  /** What is said where it does not. */
  otherwise: string;
  mend: string;
}

const PEM_CERTIFICATE: Content = {
  mark: /-----BEGIN CERTIFICATE-----/,
  otherwise: "holds no certificate in PEM",
  mend: "Name a file that begins with -----BEGIN CERTIFICATE-----",
};
const PEM_KEY: Content = {
  mark: /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  otherwise: "holds no private key in PEM",
  mend: "Name the file of the private key that belongs to cert, in PEM",
};
const SECRET: Content = { mark: /\S/, otherwise: "is empty", mend: "Put the token or the password into it, on one line" };

const PLACES: readonly { keys: readonly string[]; isReadAgain: boolean; holds: Content }[] = [
  { keys: ["ca"], isReadAgain: false, holds: PEM_CERTIFICATE },
  { keys: ["cert"], isReadAgain: false, holds: PEM_CERTIFICATE },
  { keys: ["key"], isReadAgain: false, holds: PEM_KEY },
  { keys: ["auth", "bearerTokenFile"], isReadAgain: true, holds: SECRET },
  { keys: ["auth", "basic", "passwordFile"], isReadAgain: true, holds: SECRET },
];

/** Every file that a configuration names, whatever else is wrong with it; relative paths are meant from the folder of `path`. */
export function namedFiles(text: string, path: string): NamedFile[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const value = valueOf(document);
  return ["metrics", "traces"].flatMap((list) => {
    const entries = memberOf(value, list);
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: unknown, index) =>
      PLACES.flatMap(({ keys, isReadAgain, holds }) => {
        const named = keys.reduce(memberOf, entry);
        if (typeof named !== "string" || named === "") return [];
        const { line, field } = placeOf(document, lines, [list, index, ...keys]);
        return [{ line, field: field ?? "", path: resolve(dirname(path), named), isReadAgain, holds }];
      }),
    );
  });
}

function memberOf(value: unknown, key: string): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isObject ? (value as Record<string, unknown>)[key] : undefined;
}

/** Which of these files are not there, may not be read, or hold something else. What is in them is not repeated. */
export async function fileMistakes(files: readonly NamedFile[]): Promise<FileMistake[]> {
  const found = await Promise.all(files.map(mistakeOf));
  return found.filter((mistake) => mistake !== null);
}

async function mistakeOf(file: NamedFile): Promise<FileMistake | null> {
  const { line, field, path, holds } = file;
  const wrong = (what: string, mend: string): FileMistake => ({
    line,
    field,
    reason: `names a file that ${what}: ${printable(path)}`,
    mend,
    file,
  });
  try {
    await access(path, constants.R_OK);
    const what = await stat(path);
    if (what.isDirectory()) return wrong("is a folder", "Name the file in it");
    // A pipe is emptied by whoever reads it first.
    if (!what.isFile() || holds.mark.test(await readFile(path, "utf8"))) return null;
    return wrong(holds.otherwise, holds.mend);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR")
      return wrong("is not there", "Put it there, or correct the path; a relative one is meant from the folder of this file");
    if (code === "EACCES" || code === "EPERM")
      return wrong("may not be read", "Let the user that runs Weft read it, and the folders above it");
    return wrong(`cannot be read (${code})`, "Name a file that can be read");
  }
}
