import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Variables by name, as `process.env` holds them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable; an empty one counts as not set, as the XDG specification asks. */
export function given(env: Variables, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

/** Folders searched for programs, in order. */
export function searchPathIn(env: Variables): readonly string[] {
  return (given(env, "PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** Where what was fetched or built is kept between runs, outside any work tree. */
export function cacheDirIn(env: Variables): string {
  return given(env, "WEFT_CACHE") ?? join(given(env, "XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "weft");
}
