import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
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

/** Another process that locks each directory it is told of, and stays until it is killed. */
async function start(): Promise<ChildProcess> {
  const program = `
    const { createInterface } = await import("node:readline");
    const { lockDataDir } = await import(${JSON.stringify(MODULE)});
    console.log("ready");
    for await (const dir of createInterface({ input: process.stdin })) {
      await lockDataDir(dir).then(() => console.log("locked"), (error) => console.log(error.code + ": " + error.message));
    }
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

/** Lets it lock, and answers what it says of it. */
async function lockIn(child: ChildProcess, dir = dataDir): Promise<string> {
  const said = once(child.stdout ?? child, "data");
  child.stdin?.write(`${dir}\n`);
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
    expect(await readFile(join(dir, "lock"), "utf8")).toBe(`${process.pid}\n`);
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
    await writeFile(join(dataDir, "lock"), `${other.pid}\n`);
    const unlock = await lockDataDir(dataDir);
    expect(await readFile(join(dataDir, "lock"), "utf8")).toBe(`${process.pid}\n`);
    await unlock();
  });

  it("refuses a second lock in the same process, and keeps the first", async () => {
    const unlock = await lockDataDir(dataDir);
    const message = `Another Weft (process ${process.pid}) uses the data directory ${dataDir}`;
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ code: "CONFLICT", message });
    expect(await lockIn(await start())).toBe(`CONFLICT: ${message}`);
    await unlock();
    const next = await start();
    expect(await lockIn(next)).toBe("locked");
    // Releasing once more takes nothing from who came next.
    await unlock();
    expect(await lockIn(await start())).toBe(`CONFLICT: Another Weft (process ${next.pid}) uses the data directory ${dataDir}`);
  });

  it.each(["", "\n", "nonsense", "-1", "99999999999", "0"])("takes over a lock that names nobody: %j", async (text) => {
    await writeFile(join(dataDir, "lock"), text);
    await (
      await lockDataDir(dataDir)
    )();
  });

  it.each([
    ["empty directories", null],
    ["what crashes left", "4194304\n"],
  ])("lets exactly one of several processes in that start at once, again and again, on %s", async (_what, left) => {
    const rivals = await Promise.all(Array.from({ length: 3 }, start));
    for (let round = 0; round < 50; round++) {
      const dir = join(dataDir, String(round));
      await mkdir(dir);
      if (left !== null) await writeFile(join(dir, "lock"), left);
      const said = await Promise.all(rivals.map((rival) => lockIn(rival, dir)));
      expect(said.filter((text) => text === "locked")).toHaveLength(1);
      expect(said.filter((text) => text.startsWith("CONFLICT: Another Weft"))).toHaveLength(2);
      expect((await readdir(dir)).toSorted()).toEqual(["lock", "lock.db"]);
    }
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
