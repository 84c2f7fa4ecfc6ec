import { access, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { dryRun, type DryRunRequest } from "./dry-run.ts";
import { systemClock } from "#collectors/shared/testing/system-time.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-dry-run-test-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A program in the place of Envoy. */
async function binary(script: string): Promise<string> {
  const path = join(folder, "envoy");
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function run(path: string, options: Partial<DryRunRequest> = {}) {
  return await dryRun({ binary: path, bootstrap: { node: { id: "n" } }, timeoutMs: 5_000, clock: systemClock, ...options });
}

describe("dryRun", () => {
  it("hands Envoy the bootstrap, and takes its word", async () => {
    const copy = join(folder, "seen.json");
    expect(await run(await binary(`cp bootstrap.json ${copy}`))).toMatchObject({ outcome: "passed", ignored: null });
    expect(JSON.parse(await readFile(copy, "utf8"))).toEqual({ node: { id: "n" } });
  });

  it.each<[string, string, object]>([
    [
      "a reason",
      "echo \"[2026-01-01 00:00:00.000][1][critical][main] [x.cc:1] error initializing configuration 'bootstrap.json': route:   unknown  thing\" >&2; exit 1",
      { outcome: "refused", text: "route: unknown thing" },
    ],
    [
      "a reason in lines",
      "printf \"error initializing configuration 'b': Field 'weight' is missing in:\\nname: x\\n\\n[2026-01-01 more log\" >&2; exit 1",
      { outcome: "refused", text: "Field 'weight' is missing in: name: x" },
    ],
    [
      "a reason with marks that deceive",
      "printf \"error initializing configuration 'b': a\\342\\200\\256b\" >&2; exit 1",
      { outcome: "refused", text: "a\\u{202e}b" },
    ],
    ["no reason", "exit 3", { outcome: "unknown", reason: "Envoy ended with 3 and gave no reason" }],
    ["death by a signal", "kill -9 $$", { outcome: "unknown", reason: "Envoy ended with a signal and gave no reason" }],
  ])("tells %s", async (_, script, answer) => {
    expect(await run(await binary(script))).toEqual(answer);
  });

  it("tells what is only left out from what is refused", async () => {
    const script =
      "case \"$*\" in *allow-unknown-static-fields*) exit 0;; esac; echo \"error initializing configuration 'b': no such field: 'speed'\" >&2; exit 1";
    expect(await run(await binary(script))).toMatchObject({ outcome: "passed", ignored: "no such field: 'speed'" });
  });

  it("ends a run that takes too long, and says so", async () => {
    expect(await run(await binary("exec sleep 60"), { timeoutMs: 100 })).toEqual({
      outcome: "unknown",
      reason: "it did not end within 0.1 s",
    });
  });

  it("tells a binary that is not there or may not be run", async () => {
    expect(await run(join(folder, "nothing"))).toEqual({ outcome: "unknown", reason: "the Envoy binary could not be run (ENOENT)" });
    const path = await binary("exit 0");
    await chmod(path, 0o644);
    expect(await run(path)).toEqual({ outcome: "unknown", reason: "the Envoy binary could not be run (EACCES)" });
  });

  it("leaves nothing behind", async () => {
    const seen = join(folder, "where");
    await run(await binary(`pwd > ${seen}; exit 1`));
    const place = (await readFile(seen, "utf8")).trim();
    expect(place).toMatch(/weft-dry-run-/);
    await expect(access(place)).rejects.toThrow("ENOENT");
  });
});
