import { access, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { dryRun, type DryRunRequest } from "./dry-run.ts";
import { parseRouteText } from "./parse-route-text.ts";
import { machineClock } from "./testing/machine-time.ts";
import { REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";

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

async function run(path: string, options: Partial<DryRunRequest> = {}, text = REVIEWS_YAML) {
  const [config] = parseRouteText(text, "yaml").configs;
  if (config === undefined) throw new Error("no configuration");
  return await dryRun({ binary: path, config, knownClusters: null, timeoutMs: 5_000, clock: machineClock, ...options });
}

async function bootstrapSeen(options: Partial<DryRunRequest> = {}, text = REVIEWS_YAML) {
  const copy = join(folder, "seen.json");
  expect(await run(await binary(`cp bootstrap.json ${copy}`), options, text)).toMatchObject({ outcome: "passed", ignored: null });
  return JSON.parse(await readFile(copy, "utf8"));
}

describe("dryRun", () => {
  it("hands Envoy the candidate inline, with the targets that the proxies know", async () => {
    const seen = await bootstrapSeen();
    expect(seen.static_resources.clusters.map((cluster: { name: string }) => cluster.name)).toEqual([V1, V2]);
    const manager = seen.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
    expect(manager.route_config).toMatchObject({ name: "reviews", validate_clusters: true });
    expect(manager.route_config).not.toHaveProperty("@type");
    const narrowed = await bootstrapSeen({ knownClusters: new Set([V1, "other"]) });
    expect(narrowed.static_resources.clusters.map((cluster: { name: string }) => cluster.name)).toEqual([V1]);
  });

  it("says that targets are not validated where the file does not ask for it, since inline ones are by default", async () => {
    const seen = await bootstrapSeen({}, REVIEWS_YAML.replace("    validate_clusters: true\n", ""));
    expect(seen.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.validate_clusters).toBe(false);
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
