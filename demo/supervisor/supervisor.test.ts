import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { runDirAt } from "../mesh/run-dir.ts";
import { replaceFile } from "./files.ts";
import { findFreePorts, hasOwnAddresses } from "./ports.ts";
import { bornAt } from "./process-identity.ts";
import { startReaper } from "./reaper.ts";
import { leaveRunFolder, RunFolderTaken, takeRunFolder } from "./run-folder.ts";

const root = mkdtempSync(join(tmpdir(), "demo-supervisor-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function sleeper(): { pid: number; ended: Promise<NodeJS.Signals | null> } {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  children.push(child);
  return { pid: child.pid ?? 0, ended: new Promise((resolve) => void child.once("exit", (_, signal) => resolve(signal))) };
}

describe("findFreePorts", () => {
  it("finds as many as asked, each once, and passes over one that is taken", async () => {
    const [taken = 0] = await findFreePorts(1);
    const holder = createServer();
    await new Promise<void>((resolve) => void holder.listen(taken, "127.0.0.1", resolve));
    const ports = await findFreePorts(50, taken);
    holder.close();
    expect(new Set(ports).size).toBe(50);
    expect(ports).not.toContain(taken);
  });

  it("knows that 127.0.0.1 can be used", async () => {
    expect(await hasOwnAddresses("127.0.0.1")).toBe(true);
    expect(await hasOwnAddresses("192.0.2.1")).toBe(false);
  });
});

describe("replaceFile", () => {
  it("leaves nothing but the new file, with its mode", () => {
    const path = join(root, "replaced");
    writeFileSync(path, "old");
    replaceFile(path, "new", 0o600);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(root).filter((name) => name.startsWith("replaced"))).toEqual(["replaced"]);
  });
});

describe("bornAt", () => {
  it("is the same for a process as long as it lives, and nothing for none", () => {
    expect(bornAt(process.pid)).toBe(bornAt(process.pid));
    expect(bornAt(2 ** 30)).toBeUndefined();
  });
});

describe("the run folder", () => {
  const dir = runDirAt(join(root, "run"));

  it("is taken by one demo at a time", () => {
    takeRunFolder(dir);
    expect(() => takeRunFolder(dir)).toThrow(RunFolderTaken);
    leaveRunFolder(dir);
    expect(() => takeRunFolder(dir)).not.toThrow();
  });

  it("is taken over from a demo that died, without what that left but with what others did", () => {
    writeFileSync(dir.lockFile, `${2 ** 30} 1\n`);
    writeFileSync(dir.meshFile, "{}");
    writeFileSync(dir.routeFile("reviews"), "old");
    writeFileSync(join(dir.root, "state.json"), "{}");
    takeRunFolder(dir);
    expect(readdirSync(dir.routes)).toEqual([]);
    expect(readdirSync(dir.root)).toContain("state.json");
    expect(readdirSync(dir.root)).not.toContain("mesh.json");
    expect(statSync(dir.certs).mode & 0o777).toBe(0o700);
  });
});

describe("the reaper", () => {
  it("ends what it watches when its pipe closes, and nothing else", async () => {
    const reaper = startReaper();
    const [watched, forgotten, frozen] = [sleeper(), sleeper(), sleeper()];
    process.kill(frozen.pid, "SIGSTOP");
    for (const { pid } of [watched, forgotten, frozen]) reaper.watch(pid);
    reaper.forget(forgotten.pid);
    reaper.close();
    expect(await watched.ended).toBe("SIGKILL");
    expect(await frozen.ended).toBe("SIGKILL");
    expect(bornAt(forgotten.pid)).toBeDefined();
  });
});
