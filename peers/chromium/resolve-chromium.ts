import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { isExecutable } from "../shared/programs.ts";
import { chromiumFromEnvironment, searchPath } from "./environment.ts";

const run = promisify(execFile);
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const INSTALL_LIMIT_MS = 10 * 60_000;

async function findOnPath(): Promise<string | null> {
  for (const folder of searchPath().split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (folder !== "" && (await isExecutable(path))) return path;
    }
  }
  return null;
}

/**
 * The browser that the journeys drive: CHROMIUM_BIN, one on the PATH, or Debian's package, which is installed where this
 * process may. Throws a sentence that says what to install otherwise.
 */
export async function resolveChromium(): Promise<string> {
  const named = chromiumFromEnvironment();
  if (named !== undefined && (await isExecutable(named))) return named;
  const found = await findOnPath();
  if (found !== null) return found;
  if (process.getuid?.() === 0) {
    console.log("weft: installing Debian's chromium (once)");
    await run("apt-get", ["update", "-q"], { timeout: INSTALL_LIMIT_MS }).catch(() => undefined);
    await run("apt-get", ["install", "-q", "-y", "chromium"], { timeout: INSTALL_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }).catch(
      () => undefined,
    );
    const installed = await findOnPath();
    if (installed !== null) return installed;
  }
  throw new Error("The journeys need Chromium: install it (apt-get install chromium), or name one in CHROMIUM_BIN");
}
