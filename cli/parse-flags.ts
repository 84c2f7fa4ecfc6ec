import { parseArgs } from "node:util";

import { WeftError } from "#lib/model/errors.ts";

export type FlagTypes = Record<string, "string" | "boolean">;
type Flags<T extends FlagTypes> = { [K in keyof T]: (T[K] extends "boolean" ? boolean : string) | undefined };

/** Reads `--name value` and `--name` flags. Throws INVALID for one that is not known. */
export function parseFlags<T extends FlagTypes>(args: string[], types: T): { flags: Flags<T>; rest: string[] } {
  const options = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    // parseArgs answers exactly the types that were asked of it.
    return { flags: values as Flags<T>, rest: positionals };
  } catch (error) {
    throw new WeftError("INVALID", error instanceof Error ? (error.message.split(". ", 1)[0] ?? "Unknown flag") : "Unknown flag", {
      mend: "See ./weft --help",
    });
  }
}
