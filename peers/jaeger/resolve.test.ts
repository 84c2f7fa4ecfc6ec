import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { goEnvironment, readEnvironment } from "./environment.ts";
import { JAEGER_VERSION } from "./release.ts";
import { FAILURE_FILE, resolveJaeger } from "./resolve.ts";
import { jaegerConfig } from "./start.ts";
import { wrapperModule } from "./wrapper-module.ts";

const root = mkdtempSync(join(tmpdir(), "resolve-jaeger-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A program that answers as a Jaeger would that is asked for its version. */
function fakeJaeger(folder: string): string {
  const path = join(folder, "jaeger");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  return path;
}

const cacheOf = (cacheDir: string): string => join(cacheDir, `jaeger-${JAEGER_VERSION}-${process.platform}-${process.arch}`);

describe("resolveJaeger", () => {
  it("takes JAEGER_BIN before all else", async () => {
    const binary = fakeJaeger(join(root, "named"));
    expect(await resolveJaeger({ binary, mayBuild: false, cacheDir: root })).toEqual({ path: binary, reason: null });
  });

  it("says so when JAEGER_BIN is no program", async () => {
    const found = await resolveJaeger({ binary: join(root, "nothing"), mayBuild: false, cacheDir: root });
    expect(found).toMatchObject({ path: null, reason: expect.stringContaining("JAEGER_BIN names") });
  });

  it("takes what an earlier build left in the cache", async () => {
    const cacheDir = join(root, "built");
    const path = fakeJaeger(cacheOf(cacheDir));
    expect(await resolveJaeger({ binary: undefined, mayBuild: false, cacheDir })).toEqual({ path, reason: null });
  });

  it("says that there is none where it must not build", async () => {
    const found = await resolveJaeger({ binary: undefined, mayBuild: false, cacheDir: join(root, "empty") });
    expect(found).toEqual({
      path: null,
      reason: "Jaeger is not in the cache; JAEGER_BUILD=on builds it in the background, JAEGER_BIN names one",
    });
  });

  it("does not try again what has failed, and says why it failed", async () => {
    const cacheDir = join(root, "failed");
    mkdirSync(cacheOf(cacheDir), { recursive: true });
    writeFileSync(join(cacheOf(cacheDir), FAILURE_FILE), "go: downloading\nno space left on device\n");
    const found = await resolveJaeger({ binary: undefined, mayBuild: true, cacheDir });
    expect(found).toMatchObject({ path: null, reason: expect.stringContaining("no space left on device") });
  });
});

describe("wrapperModule", () => {
  it("repeats the replacements that name a version, and the exclusions", () => {
    const original = [
      "module github.com/jaegertracing/jaeger",
      "go 1.24.6",
      "require golang.org/x/text v0.3.0",
      "replace github.com/a/b => github.com/a/b v1.33.0 // pinned",
      "replace (",
      "\tgithub.com/c/d v1.0.0 => github.com/e/f v2.0.0",
      "\tgithub.com/g/h => ../h",
      ")",
      "exclude github.com/i/j v1.2.3",
    ].join("\n");
    expect(wrapperModule(original)).toBe(
      [
        "module jaeger-wrapper",
        "go 1.24.6",
        "require github.com/jaegertracing/jaeger v1.76.0",
        "replace github.com/a/b => github.com/a/b v1.33.0",
        "replace github.com/c/d v1.0.0 => github.com/e/f v2.0.0",
        "exclude github.com/i/j v1.2.3",
        "",
      ].join("\n"),
    );
  });
});

describe("the environment", () => {
  it("takes an empty variable for none", () => {
    expect(readEnvironment({ JAEGER_BIN: "", WEFT_CACHE: "/a" })).toEqual({ binary: undefined, mayBuild: false, cacheDir: "/a" });
    expect(readEnvironment({ XDG_CACHE_HOME: "/b" })).toMatchObject({ mayBuild: false, cacheDir: "/b/weft" });
    expect(readEnvironment({ JAEGER_BUILD: "on" })).toMatchObject({ mayBuild: true });
  });

  it("keeps Go to one processor and to one folder", () => {
    expect(goEnvironment("/f", { NODE_ENV: "test", HOME: "/h" })).toMatchObject({
      HOME: "/h",
      GOMAXPROCS: "1",
      GOCACHE: "/f/cache",
      GOMODCACHE: "/f/modules",
    });
  });
});

describe("jaegerConfig", () => {
  it("listens on loopback only, on the ports that were given", () => {
    const text = jaegerConfig({ query: 1, queryGrpc: 2, otlpHttp: 3, otlpGrpc: 4 });
    const addresses = new Set([...text.matchAll(/"endpoint": "([^"]+)"/g)].map(([, address]) => address));
    expect(addresses).toEqual(new Set(["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"]));
  });
});
