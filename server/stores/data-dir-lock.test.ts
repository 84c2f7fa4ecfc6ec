import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { lockDataDir } from "./data-dir-lock.ts";

const MODULE = join(import.meta.dirname, "data-dir-lock.ts");

let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "weft-lock-"));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(dataDir, { recursive: true, force: true });
});

/** Another process that is about to lock the directory, and stays until it is killed. */
async function start(): Promise<ChildProcess> {
  const program = `
    const { lockDataDir } = await import(${JSON.stringify(MODULE)});
    console.log("ready");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    await lockDataDir(${JSON.stringify(dataDir)}).then(() => console.log("locked"), (error) => console.log(error.code + ": " + error.message));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

/** Lets it lock, and answers what it says of it. */
async function lockIn(child: ChildProcess): Promise<string> {
  const said = once(child.stdout ?? child, "data");
  child.stdin?.write("go\n");
  const [text] = await said;
  return String(text).trim();
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

describe("lockDataDir", () => {
  it("makes the directory, and lets it go again", async () => {
    const dir = join(dataDir, "a", "b");
    const unlock = await lockDataDir(dir);
    expect((await stat(dir)).mode & 0o077).toBe(0);
    expect(await readFile(join(dir, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} \\d*\\n$`));
    await unlock();
    expect(existsSync(join(dir, "lock"))).toBe(false);
    await (
      await lockDataDir(dir)
    )();
  });

  it("refuses a second process, and names the first", async () => {
    const other = await start();
    expect(await lockIn(other)).toBe("locked");
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({
      code: "CONFLICT",
      message: `Another Weft (process ${other.pid}) uses the data directory ${dataDir}`,
      mend: "Stop it, or give this one a directory of its own with --data-dir",
    });
    expect(await lockIn(await start())).toBe(`CONFLICT: Another Weft (process ${other.pid}) uses the data directory ${dataDir}`);
  });

  it("takes over from a process that was killed", async () => {
    const other = await start();
    expect(await lockIn(other)).toBe("locked");
    await kill(other);
    expect(existsSync(join(dataDir, "lock"))).toBe(true);
    await (
      await lockDataDir(dataDir)
    )();
  });

  it("takes over where the process of that number is another one now", async () => {
    const other = await start();
    await writeFile(join(dataDir, "lock"), `${other.pid} 1\n`);
    const unlock = await lockDataDir(dataDir);
    expect(await readFile(join(dataDir, "lock"), "utf8")).toContain(`${process.pid} `);
    await unlock();
  });

  it.each(["", "\n", "nonsense", "-1 5", "99999999999 1", "0 0"])("takes over a lock that names nobody: %j", async (text) => {
    await writeFile(join(dataDir, "lock"), text);
    await (
      await lockDataDir(dataDir)
    )();
  });

  it.each([
    ["an empty directory", null],
    ["what a crash left", "4194304 1\n"],
  ])("lets exactly one of several processes in that start at once on %s", async (_what, left) => {
    if (left !== null) await writeFile(join(dataDir, "lock"), left);
    const rivals = await Promise.all(Array.from({ length: 3 }, start));
    const said = await Promise.all(rivals.map(lockIn));
    expect(said.filter((text) => text === "locked")).toHaveLength(1);
    expect(said.filter((text) => text.startsWith("CONFLICT: Another Weft"))).toHaveLength(2);
    expect(await readdir(dataDir)).toEqual(["lock"]);
  });

  it("is not held up by a process that died while it tidied up", async () => {
    await writeFile(join(dataDir, "lock"), "4194304 1\n");
    await mkdir(join(dataDir, "lock.tidying"));
    await utimes(join(dataDir, "lock.tidying"), 0, 0);
    await (
      await lockDataDir(dataDir)
    )();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("says what stands in the way when the directory cannot be written", async () => {
    await writeFile(join(dataDir, "file"), "");
    const dir = join(dataDir, "file", "data");
    await expect(lockDataDir(dir)).rejects.toMatchObject({
      code: "INVALID",
      message: `The data directory ${dir} cannot be written (ENOTDIR)`,
      field: "--data-dir",
      mend: "Mend its rights, or choose another with --data-dir",
    });
    await mkdir(join(dataDir, "lock"));
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ code: "INVALID" });
  });
});
