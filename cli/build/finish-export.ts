import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { finishHtml, INLINE_FOLDER } from "./finish-html.ts";

/** Finishes every page of the export in `folder`. May run twice: a finished page has nothing left to move. */
export async function finishExport(folder: string): Promise<{ pages: number; scripts: number }> {
  const inline = join(folder, INLINE_FOLDER);
  await mkdir(inline, { recursive: true });
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
  const written = new Set<string>();
  for (const name of names) {
    const path = join(folder, name);
    const finished = finishHtml(name, await readFile(path, "utf8"));
    for (const [script, body] of finished.scripts) {
      if (!written.has(script)) await writeFile(join(inline, script), body);
      written.add(script);
    }
    await writeFile(path, finished.html);
  }
  if (names.length === 0) throw new Error(`${folder} holds no page: did the build run?`);
  return { pages: names.length, scripts: written.size };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { pages, scripts } = await finishExport("out");
  process.stdout.write(`finished ${pages} pages; ${scripts} inline scripts became files\n`);
}
