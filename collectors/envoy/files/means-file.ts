import { basename, dirname, isAbsolute, join, normalize, resolve, sep } from "node:path";

/** The part of the file system that follows links. */
export interface RealPaths {
  realpath(path: string): Promise<string>;
}

/**
 * Whether a path in a proxy's configuration means this file. Absolute paths are compared by the folder's real path; a
 * relative one, whose starting folder only the proxy knows, when the file's real path ends with it.
 */
export async function meansFile(path: string, file: string, fs: RealPaths): Promise<boolean> {
  if (path === "" || basename(path) !== basename(file)) return false;
  const real = async (one: string): Promise<string> => join(await fs.realpath(dirname(one)).catch(() => dirname(one)), basename(one));
  const realFile = await real(resolve(file));
  if (isAbsolute(path)) return (await real(path)) === realFile;
  const tail = normalize(path)
    .split(sep)
    .filter((part) => part !== "." && part !== "..")
    .join(sep);
  return realFile.endsWith(`${sep}${tail}`);
}
