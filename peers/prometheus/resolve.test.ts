import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { resolveVictoriaMetrics, VictoriaMetricsUnavailable } from "../victoria-metrics/resolve.ts";
import { readEnvironment, type MetricsServerEnvironment } from "./environment.ts";
import { PrometheusUnavailable, resolvePrometheus } from "./resolve.ts";

const root = mkdtempSync(join(tmpdir(), "resolve-prometheus-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function program(folder: string, name: string, mode = 0o755): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  writeFileSync(path, "#!/bin/sh\n", { mode });
  return path;
}

const nothing = (part: Partial<MetricsServerEnvironment> = {}): MetricsServerEnvironment => ({
  prometheus: undefined,
  promtool: undefined,
  victoriaMetrics: undefined,
  searchPath: [],
  cacheDir: join(root, "cache"),
  ...part,
});

async function refuse(): Promise<void> {
  throw new Error("no network");
}

describe("resolvePrometheus", () => {
  it("takes the named binaries as they are", async () => {
    const [prometheus, promtool] = [program("own", "prometheus"), program("own", "promtool")];
    expect(await resolvePrometheus(nothing({ prometheus, promtool }), refuse)).toEqual({ prometheus, promtool, origin: "environment" });
    expect(await resolvePrometheus(nothing({ prometheus, searchPath: [join(root, "own")] }), refuse)).toMatchObject({ promtool });
  });

  it("says so when a named one does not run", async () => {
    const prometheus = program("broken", "prometheus", 0o644);
    await expect(resolvePrometheus(nothing({ prometheus }), refuse)).rejects.toThrow(PrometheusUnavailable);
    await expect(resolvePrometheus(nothing({ prometheus }), refuse)).rejects.toThrow("PROMETHEUS_BIN names");
    await expect(resolvePrometheus(nothing({ prometheus: program("alone", "prometheus") }), refuse)).rejects.toThrow("no promtool");
  });

  it("takes what is on the path only where both are", async () => {
    const prometheus = program("half", "prometheus");
    await expect(resolvePrometheus(nothing({ searchPath: [join(root, "half")] }), refuse)).rejects.toThrow("Install Debian's package");
    const promtool = program("half", "promtool");
    const found = await resolvePrometheus(nothing({ searchPath: [join(root, "none"), join(root, "half")] }), refuse);
    expect(found).toEqual({ prometheus, promtool, origin: "path" });
  });

  it("unpacks the package once", async () => {
    const cacheDir = join(root, "fresh");
    let unpacked = 0;
    const unpack = async (name: string, folder: string): Promise<void> => {
      unpacked++;
      expect([name, folder]).toEqual(["prometheus", join(cacheDir, "debian-prometheus")]);
      for (const one of ["prometheus", "promtool"]) program("fresh/debian-prometheus/usr/bin", one);
    };
    expect(await resolvePrometheus(nothing({ cacheDir }), unpack)).toMatchObject({ origin: "download" });
    expect(await resolvePrometheus(nothing({ cacheDir }), unpack)).toMatchObject({ origin: "cache" });
    expect(unpacked).toBe(1);
  });

  it("says what to install when a package holds something else", async () => {
    await expect(resolvePrometheus(nothing({ cacheDir: join(root, "odd") }), async () => undefined)).rejects.toThrow("holds no Prometheus");
  });
});

describe("resolveVictoriaMetrics", () => {
  it("looks where it was told, on the path, in the cache, and with apt", async () => {
    const named = program("vm-own", "vm");
    expect(await resolveVictoriaMetrics(nothing({ victoriaMetrics: named }), refuse)).toEqual({ path: named, origin: "environment" });
    const onPath = program("vm-path", "victoria-metrics");
    expect(await resolveVictoriaMetrics(nothing({ searchPath: [join(root, "vm-path")] }), refuse)).toEqual({
      path: onPath,
      origin: "path",
    });
    const cacheDir = join(root, "vm-cache");
    await expect(resolveVictoriaMetrics(nothing({ cacheDir }), refuse)).rejects.toThrow(VictoriaMetricsUnavailable);
    const unpack = async (): Promise<void> => void program("vm-cache/debian-victoria-metrics/usr/bin", "victoria-metrics");
    expect(await resolveVictoriaMetrics(nothing({ cacheDir }), unpack)).toMatchObject({ origin: "download" });
    expect(await resolveVictoriaMetrics(nothing({ cacheDir }), refuse)).toMatchObject({ origin: "cache" });
  });
});

describe("the environment", () => {
  it("counts an empty variable as not set", () => {
    expect(readEnvironment({ PROMETHEUS_BIN: "", PATH: "/a::/b", WEFT_CACHE: "/c" })).toEqual(
      nothing({ searchPath: ["/a", "/b"], cacheDir: "/c" }),
    );
    expect(readEnvironment({ XDG_CACHE_HOME: "/x" })).toMatchObject({ cacheDir: "/x/weft" });
  });
});
