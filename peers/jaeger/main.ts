import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { buildJaeger } from "./build.ts";
import { FAILURE_FILE } from "./resolve.ts";

/** The build, as a process of its own that outlives the one that asked for it: `node main.ts TARGET`. */
const target = process.argv[2];
if (target === undefined) throw new Error("say where the binary belongs");
try {
  await buildJaeger(target);
} catch (cause) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  await writeFile(join(dirname(target), FAILURE_FILE), `${reason.trim().split("\n").slice(-5).join("\n")}\n`);
  process.exitCode = 1;
}
