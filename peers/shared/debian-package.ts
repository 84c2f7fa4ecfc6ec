import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const FETCH_LIMIT_MS = 5 * 60_000;

/**
 * Unpacks one package of Debian's (or Ubuntu's) into `folder`, without installing it: no root is needed, and nothing of it is
 * started. apt has checked it against the signed index before it is unpacked. What it depends on is not fetched. Throws with
 * the reason.
 */
export async function unpackDebianPackage(name: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  const download = await mkdtemp(join(tmpdir(), "weft-deb-"));
  try {
    await fetchPackage(name, download);
    const file = (await readdir(download)).find((one) => one.endsWith(".deb"));
    if (file === undefined) throw new Error(`apt-get fetched no file of ${name}`);
    await run("dpkg", ["-x", join(download, file), draft], { timeout: FETCH_LIMIT_MS });
    // Unpacked beside its place and renamed into it, so that a second run starting now never runs half a file.
    await rename(draft, folder).catch(async () => {
      // What stands there is a broken leftover, or what another run has just put there: the same either way.
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(download, { recursive: true, force: true });
  }
}

async function fetchPackage(name: string, cwd: string): Promise<void> {
  const fetch = (): Promise<unknown> => run("apt-get", ["download", "-q", name], { cwd, timeout: FETCH_LIMIT_MS });
  try {
    await fetch();
  } catch (cause) {
    // The lists are missing or name a release that is no longer there; only root may renew them.
    if (process.getuid?.() !== 0) throw cause;
    await run("apt-get", ["update", "-q"], { timeout: FETCH_LIMIT_MS });
    await fetch();
  }
}
