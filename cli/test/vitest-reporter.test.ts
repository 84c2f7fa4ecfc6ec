import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { ReportedTests } from "./reports.ts";
import { REPORT_FILE } from "./vitest-reporter.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** What is reported of a run over one file of tests. */
async function reportOf(text: string): Promise<ReportedTests> {
  const folder = await mkdtemp(join(tmpdir(), "vitest-reporter-"));
  folders.push(folder);
  await writeFile(join(folder, "sum.test.js"), text);
  const reporter = `--reporter=${join(ROOT, "cli/test/vitest-reporter.ts")}`;
  const args = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--root", folder, "--globals", reporter];
  const env = { ...process.env, [REPORT_FILE]: join(folder, "report.json") };
  // It ends with 1 where a test failed.
  await new Promise<void>((done) => void execFile(process.execPath, args, { cwd: folder, env }, () => done()));
  return JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
}

describe("the reporter of vitest", () => {
  it("counts tests, and tells what was expected and what came", async () => {
    const { failures, ...counts } = await reportOf(`
      it("adds", () => expect(1 + 1).toBe(2));
      it.skip("divides", () => undefined);
      describe("a sum", () => { it("subtracts", () => expect({ rest: [1, 2] }).toEqual({ rest: [1, 3] })); });`);
    expect(counts).toEqual({ passed: 1, failed: 1 });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^sum\.test\.js > a sum > subtracts\n {4}expected/);
    expect(failures[0]).toMatch(/- {5}3,\n.*\+ {5}2,/);
  });

  it("tells a hook that failed, and a file that could not be read", async () => {
    const hook = await reportOf(`
      it("adds", () => expect(1 + 1).toBe(2));
      describe("a mesh", () => { beforeAll(() => { throw new Error("it did not start"); }); it("runs", () => undefined); });`);
    expect(hook).toEqual({ passed: 1, failed: 1, failures: ["sum.test.js > a mesh\n    it did not start"] });
    const file = await reportOf(`throw new Error("no such mesh");`);
    expect(file).toEqual({ passed: 0, failed: 1, failures: ["sum.test.js\n    no such mesh"] });
  });

  it("tells nothing where all passed", async () => {
    expect(await reportOf(`it("adds", () => expect(1 + 1).toBe(2));`)).toEqual({ passed: 1, failed: 0, failures: [] });
  });
});
