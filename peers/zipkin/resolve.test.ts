import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { sha256 } from "./download.ts";
import { readEnvironment } from "./environment.ts";
import { parseJavaVersion } from "./release.ts";
import { resolveZipkin, ZipkinUnavailable } from "./resolve.ts";

const root = mkdtempSync(join(tmpdir(), "resolve-zipkin-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, content: string, mode = 0o644): string {
  const path = join(root, name);
  mkdirSync(root, { recursive: true });
  writeFileSync(path, content, { mode });
  return path;
}

/** A program that answers as a Java of that version would. */
function fakeJava(version: string): string {
  return file(`java-${version}`, `#!/bin/sh\necho 'openjdk version "${version}" 2025-04-15' >&2\n`, 0o755);
}

describe("resolveZipkin", () => {
  it("takes ZIPKIN_JAR as it is", async () => {
    const [jar, java] = [file("own.jar", "own"), fakeJava("17.0.15")];
    expect(await resolveZipkin({ jar, java, cacheDir: root })).toEqual({ jar, java, origin: "environment" });
  });

  it("says so when ZIPKIN_JAR is not there", async () => {
    const promise = resolveZipkin({ jar: join(root, "nothing.jar"), java: fakeJava("21.0.1"), cacheDir: root });
    await expect(promise).rejects.toThrow(ZipkinUnavailable);
    await expect(promise).rejects.toThrow("ZIPKIN_JAR names");
  });

  it.each([
    ["an old one", () => fakeJava("1.8.0_402"), "needs Java 17, and"],
    ["none", () => join(root, "no-java"), "does not run here"],
    ["something else", () => file("not-java", "#!/bin/sh\necho hello\n", 0o755), "is something else"],
  ])("asks for Java where there is %s", async (_name, java, message) => {
    const promise = resolveZipkin({ jar: undefined, java: java(), cacheDir: root });
    await expect(promise).rejects.toThrow(message);
    await expect(promise).rejects.toThrow("Install Java 17");
  });
});

describe("parts", () => {
  it("reads Java's version and nobody else's", () => {
    expect(parseJavaVersion('openjdk version "17.0.15" 2025-04-15')).toBe(17);
    expect(parseJavaVersion('java version "1.8.0_402"')).toBe(8);
    expect(parseJavaVersion('openjdk version "25" 2025-09-16')).toBe(25);
    expect(parseJavaVersion("go version go1.26.8")).toBeUndefined();
  });

  it("sums a file", async () => {
    expect(await sha256(file("abc", "abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("reads the environment", () => {
    expect(readEnvironment({ ZIPKIN_JAR: "", JAVA_HOME: "/j", WEFT_CACHE: "/a" })).toEqual({
      jar: undefined,
      java: "/j/bin/java",
      cacheDir: "/a",
    });
    expect(readEnvironment({ XDG_CACHE_HOME: "/b" })).toEqual({ jar: undefined, java: "java", cacheDir: "/b/weft" });
  });
});
