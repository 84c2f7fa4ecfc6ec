import { WeftError } from "#lib/model/errors.ts";
import { checkConfig, readConfigText } from "#server/config/config-file.ts";
import type { Mistake } from "#server/config/file-mistakes.ts";

import { parseFlags } from "../parse-flags.ts";

const USUAL_FILE = "weft.yaml";

/** `./weft config check`: 0 = the file and those that it names can be used, 1 = there are mistakes, all of which are printed. Asks nobody over the network. */
export async function config(args: string[]): Promise<number> {
  const { flags, rest } = parseFlags(args, { config: "string" });
  if (rest.length !== 1 || rest[0] !== "check")
    throw new WeftError("INVALID", "Say what is to be done: config check", { mend: "See ./weft --help" });
  const path = flags.config ?? USUAL_FILE;
  const checked = await checkConfig(await readConfigText(path), path);
  if (checked.ok) {
    const { metricsSources = [], traceSources = [] } = checked.options;
    console.log(`${path}: ok, ${metricsSources.length} of metrics, ${traceSources.length} of traces`);
    return 0;
  }
  for (const line of mistakeLines(path, checked.mistakes)) console.log(line);
  return 1;
}

/** One line per mistake as compilers write them, and under it how to mend it. */
export function mistakeLines(path: string, mistakes: readonly Mistake[]): string[] {
  const told = mistakes.flatMap(({ line, field, reason, mend }) => [
    `${path}:${line}: ${field === null ? "" : `${field} `}${reason}`,
    `    ${mend}`,
  ]);
  return [...told, `${mistakes.length} ${mistakes.length === 1 ? "mistake" : "mistakes"}`];
}
