import { z } from "zod";

import { WeftError } from "#lib/model/errors.ts";

/** What a running Weft is told at its start. Paths are absolute or relative to the working directory. */
export const Options = z.strictObject({
  port: z.coerce.number().int().min(0).max(65_535).default(4600),
  dataDir: z.string().min(1).default(".weft/data"),
  /** Directory with one small JSON file per proxy. */
  proxiesDir: z.string().min(1).optional(),
  /** Directory of route files that Weft may write; left out = look, do not steer. */
  routesDir: z.string().min(1).optional(),
  pollIntervalMs: z.coerce.number().int().min(250).max(60_000).default(1_000),
  /** Binary for the dry run of a route; left out = the check says that it could not be run. */
  validateBinary: z.string().min(1).optional(),
  /** What the mesh is called on the screen. */
  meshName: z.string().min(1).max(60).optional(),
  isReadOnly: z.boolean().default(false),
  logLevel: z.enum(["warn", "info", "silent"]).default("warn"),
});
export type Options = z.output<typeof Options>;

const FLAG: Record<string, string> = {
  port: "--port",
  dataDir: "--data-dir",
  proxiesDir: "--proxies",
  routesDir: "--routes",
  pollIntervalMs: "--poll-ms",
  meshName: "--name",
  validateBinary: "--envoy",
};

/** Checks what was given on the command line. Throws INVALID with the flag, the reason and the mend. */
export function parseOptions(input: unknown): Options {
  const parsed = Options.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? "");
  const flag = FLAG[field] ?? field;
  throw new WeftError("INVALID", `${flag}: ${issue?.message ?? "not valid"}`, { field: flag, mend: "See ./weft up --help" });
}
