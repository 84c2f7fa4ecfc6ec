import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { goEnvironment } from "./environment.ts";
import { JAEGER_MODULE, JAEGER_PACKAGE, JAEGER_VERSION, MODULE_SUM } from "./release.ts";
import { wrapperModule } from "./wrapper-module.ts";

const run = promisify(execFile);

/** One processor for hours is not expected; a build that takes longer hangs. */
const BUILD_LIMIT_MS = 3 * 3_600_000;

/**
 * Builds the pinned Jaeger with Go and puts it at `target`, by rename. Needs about eight minutes of one processor, 2 GB of
 * memory, and 5 GB of disk that are given back at the end. Throws with the last lines of what Go said.
 */
export async function buildJaeger(target: string): Promise<void> {
  const folder = join(dirname(target), "build");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const env = goEnvironment(folder);
  const go = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("go", args, { cwd: folder, env, timeout: BUILD_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  try {
    const module = parseModule(await go("mod", "download", "-json", `${JAEGER_MODULE}@v${JAEGER_VERSION}`));
    if (module.Sum !== MODULE_SUM) throw new Error(`the module's checksum is ${module.Sum}, expected ${MODULE_SUM}`);
    await writeFile(join(folder, "go.mod"), wrapperModule(await readFile(module.GoMod, "utf8")));
    // The sums of the release itself: the checksum database no longer answers for some of its older dependencies.
    await copyFile(join(module.Dir, "go.sum"), join(folder, "go.sum"));
    const draft = join(dirname(target), `jaeger.${randomUUID()}`);
    await go("build", "-mod=mod", "-trimpath", "-p", "1", "-ldflags", "-s -w", "-o", draft, JAEGER_PACKAGE);
    await rename(draft, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface DownloadedModule {
  GoMod: string;
  Dir: string;
  Sum: string;
}

function parseModule(text: string): DownloadedModule {
  const { GoMod, Dir, Sum } = JSON.parse(text) as Partial<DownloadedModule>;
  if (GoMod === undefined || Dir === undefined || Sum === undefined) throw new Error("go mod download did not say where the module is");
  return { GoMod, Dir, Sum };
}
