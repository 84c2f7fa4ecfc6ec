import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { WeftError } from "#lib/model/errors.ts";

import { runProgram } from "../run-program.ts";

/** What the pages are made of. A change in any of it means a new build. */
const INGREDIENTS = [
  "app",
  "components",
  "lib",
  "public",
  "cli/build",
  "next.config.ts",
  "postcss.config.mjs",
  "package-lock.json",
  "tsconfig.json",
];
export const UI_DIR = "out";
const STAMP = join(UI_DIR, ".built-from");

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => null);
  if (entries === null) return existsSync(path) ? [path] : [];
  return entries.filter((entry) => entry.isFile() && !entry.name.includes(".test.")).map((entry) => join(entry.parentPath, entry.name));
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const files = (await Promise.all(INGREDIENTS.map(filesOf))).flat().toSorted();
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(await readFile(file))
      .update("\0");
  return hash.digest("hex");
}

/** Builds the exported pages when what they are made of has changed since the last build. Answers whether it built. */
export async function buildUi(options: { isForced?: boolean } = {}): Promise<boolean> {
  const wanted = await fingerprint();
  const built = await readFile(STAMP, "utf8").catch(() => "");
  if (options.isForced !== true && built === wanted) return false;
  console.log("weft: building the console's pages (once per change of their source)");
  const next = resolve("node_modules/next/dist/bin/next");
  const code = await runProgram(process.execPath, [next, "build"], { env: { NEXT_TELEMETRY_DISABLED: "1" } });
  if (code !== 0) throw new WeftError("INTERNAL", "The pages could not be built", { mend: "Read the lines above" });
  const finished = await runProgram(process.execPath, ["cli/build/finish-export.ts"]);
  if (finished !== 0) throw new WeftError("INTERNAL", "The built pages could not be finished", { mend: "Read the lines above" });
  await writeFile(STAMP, wanted);
  return true;
}
