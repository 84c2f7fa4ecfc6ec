import { access, constants } from "node:fs/promises";
import { join } from "node:path";

/** Whether a file is there that may be run. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first program of that name in these folders; `undefined` = none. */
export async function findOnPath(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await isExecutable(join(folder, name))) return join(folder, name);
  return undefined;
}
