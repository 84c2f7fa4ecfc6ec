import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { systemClock as clock, systemScheduler as scheduler } from "../telemetry/system-time.ts";
import type { FileOptions } from "./config-file.ts";
import { WatchedConfig } from "./watched-config.ts";

let folder: string;
let path: string;
let file: WatchedConfig | null = null;
let applied: FileOptions[] = [];
let reports: [string, boolean][] = [];
let refusal: WeftError | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weft-watched-"));
  path = join(folder, "weft.yaml");
  [applied, reports, refusal] = [[], [], null];
});
afterEach(async () => {
  await file?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const yaml = (...ids: string[]): string =>
  `metrics:\n${ids.map((id) => `  - { id: ${id}, kind: prometheus, url: http://127.0.0.1:1 }\n`).join("")}`;
const withToken = (id: string, token: string): string =>
  `metrics:\n  - { id: ${id}, kind: prometheus, url: http://127.0.0.1:1, auth: { bearerTokenFile: ${token} } }\n`;
const idsOf = (options: FileOptions | undefined): string[] => (options?.metricsSources ?? []).map(({ id }) => id);

async function open(text: string): Promise<WatchedConfig> {
  writeFileSync(path, text);
  return start();
}

async function start(): Promise<WatchedConfig> {
  const opened = await WatchedConfig.open(path);
  file = opened.file;
  await file.start({
    clock,
    scheduler,
    async apply(options) {
      if (refusal !== null) throw refusal;
      applied.push(options);
    },
    report: (text, isBad) => void reports.push([text, isBad]),
  });
  return file;
}

const applications = (many: number): Promise<void> => expect.poll(() => applied.length, { timeout: 10_000 }).toBe(many);
const told = (many: number): Promise<void> => expect.poll(() => reports.length, { timeout: 10_000 }).toBe(many);

describe("weft.yaml while Weft runs", () => {
  it("is taken when it is written in place", async () => {
    const watched = await open(yaml("one"));
    expect(watched.status()).toMatchObject({
      id: "weft.yaml",
      kind: "configuration",
      state: "healthy",
      address: path,
      lastError: null,
      findings: [],
    });
    writeFileSync(path, yaml("one", "two"));
    await applications(1);
    expect(idsOf(applied[0])).toEqual(["one", "two"]);
    await told(1);
    expect(reports).toEqual([[`${path} is read anew: 2 of metrics, 0 of traces`, false]]);
  });

  it("is taken when it is replaced by renaming, again and again", async () => {
    await open(yaml("one"));
    for (const id of ["two", "three"]) {
      writeFileSync(`${path}.new`, yaml(id));
      renameSync(`${path}.new`, path);
      await expect.poll(() => idsOf(applied.at(-1)), { timeout: 10_000 }).toEqual([id]);
    }
  });

  it("is taken when the folder is exchanged that a link leads to, as Kubernetes does it", async () => {
    for (const [version, id] of [
      ["1", "one"],
      ["2", "two"],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "weft.yaml"), yaml(id));
    }
    symlinkSync("1", join(folder, "data"));
    symlinkSync("data/weft.yaml", path);
    await start();
    symlinkSync("2", join(folder, "data.new"));
    renameSync(join(folder, "data.new"), join(folder, "data"));
    await applications(1);
    expect(idsOf(applied[0])).toEqual(["two"]);
  });

  it("leaves everything as it was when it cannot be used, says so, and recovers", async () => {
    const watched = await open(yaml("one"));
    writeFileSync(path, `${yaml("s3cr3t")}colour: s3cr3t\nmetrcs: []\n`);
    await told(1);
    expect(applied).toEqual([]);
    expect(reports[0]?.[1]).toBe(true);
    expect(watched.status()).toMatchObject({
      state: "degraded",
      lastError: "line 3, colour: is not known. What the file said before still holds.",
      findings: [{ subject: "line 3" }, { subject: "line 4", mend: "Perhaps metrics is meant" }],
    });
    expect(JSON.stringify([reports, watched.status()])).not.toContain("s3cr3t");
    writeFileSync(path, yaml("one", "two"));
    await applications(1);
    await told(2);
    expect(watched.status()).toMatchObject({ state: "healthy", lastError: null, findings: [] });
  });

  it("says so when its sources cannot be made, and when it is gone", async () => {
    const watched = await open(yaml("one"));
    refusal = new WeftError("INVALID", "The authority of two cannot be read.", { field: "ca", mend: "Name a file." });
    writeFileSync(path, yaml("one", "two"));
    await told(1);
    expect(watched.status()).toMatchObject({
      state: "degraded",
      lastError: expect.stringContaining("The authority of two"),
      mend: "Name a file.",
    });
    rmSync(path);
    await told(2);
    expect(watched.status()).toMatchObject({
      state: "degraded",
      lastError: "The file cannot be read. What the file said before still holds.",
    });
    refusal = null;
    writeFileSync(path, yaml("one"));
    await applications(1);
    await expect.poll(() => watched.status().state).toBe("healthy");
  });

  it("does not start without a certificate that it names, and says where it is named", async () => {
    writeFileSync(path, `${yaml("one").trimEnd().slice(0, -2)}, ca: ca.pem }\n`);
    await expect(WatchedConfig.open(path)).rejects.toMatchObject({
      code: "INVALID",
      field: "metrics.0.ca",
      message: `${path}, line 2, metrics.0.ca: names a file that is not there: ${join(folder, "ca.pem")}`,
      mend: expect.stringContaining("Put it there"),
    });
  });

  it("starts without a token that may still come, names it as long as it is not there, and takes other changes meanwhile", async () => {
    const token = join(folder, "token");
    const watched = await open(withToken("one", "token"));
    expect(watched.status()).toMatchObject({
      state: "degraded",
      lastError: `line 2, metrics.0.auth.bearerTokenFile: names a file that is not there: ${token}.`,
      mend: expect.stringContaining("Put it there"),
      findings: [{ subject: "line 2", mend: expect.stringContaining("Put it there") }],
    });
    expect(reports).toEqual([[expect.stringContaining(`${token}; its source does not answer until it is there`), true]]);
    writeFileSync(path, `${withToken("one", "token")}  - { id: two, kind: prometheus, url: http://127.0.0.1:1 }\n`);
    await applications(1);
    expect(idsOf(applied[0])).toEqual(["one", "two"]);
    writeFileSync(token, "t0ken\n");
    await expect.poll(() => watched.status(), { timeout: 10_000 }).toMatchObject({ state: "healthy", lastError: null, findings: [] });
    expect(applied).toHaveLength(1);
  });

  it("keeps what it said before while a file that is newly named is not there, and takes it once it is", async () => {
    const watched = await open(yaml("one"));
    writeFileSync(path, withToken("two", "new-token"));
    await told(1);
    expect(applied).toEqual([]);
    expect(reports[0]).toEqual([
      expect.stringMatching(/what it said before still holds: line 2, metrics\.0\.auth\.bearerTokenFile: .*new-token\.$/),
      true,
    ]);
    expect(watched.status()).toMatchObject({
      state: "degraded",
      lastError: expect.stringContaining("What the file said before still holds."),
    });
    writeFileSync(join(folder, "new-token"), "t0ken\n");
    await applications(1);
    await expect.poll(() => watched.status().state).toBe("healthy");
  });

  it("takes a change that came between its first reading and the start", async () => {
    writeFileSync(path, yaml("one"));
    const opened = await WatchedConfig.open(path);
    file = opened.file;
    writeFileSync(path, yaml("two"));
    await file.start({ clock, scheduler, apply: async (options) => void applied.push(options), report: () => undefined });
    await applications(1);
    expect(idsOf(applied[0])).toEqual(["two"]);
  });

  it("says that a new name of the mesh waits for the next start", async () => {
    const watched = await open("mesh: one\n");
    writeFileSync(path, "mesh: two\n");
    await told(1);
    expect(watched.status()).toMatchObject({ state: "healthy", findings: [{ subject: "mesh", mend: "Start Weft anew to use it." }] });
  });
});
