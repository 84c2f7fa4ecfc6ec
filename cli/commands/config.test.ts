import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { config } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-config-"));
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(mkdtempSync(join(folder, "case-")), "weft.yaml");
  writeFileSync(path, text);
  return path;
}

describe("weft config check", () => {
  it("says that a file is good, and asks nobody named in it", async () => {
    const path = file("metrics:\n  - { id: a, kind: prometheus, url: http://nobody.invalid:1, auth: { bearerTokenFile: none } }");
    expect(await config(["check", "--config", path])).toBe(0);
    expect(printed).toEqual([`${path}: ok, 1 of metrics, 0 of traces`]);
  });

  it("prints every mistake with line, field, reason and mend, and no value", async () => {
    const path = file("metrics:\n  - { id: a, kind: prometheus, url: s3cr3t }\ntraces: s3cr3t\nmehs: s3cr3t\n");
    expect(await config(["check", "--config", path])).toBe(1);
    expect(printed).toEqual([
      `${path}:2: metrics.0.url must be an address that begins with http:// or https://`,
      "    Write it like url: http://127.0.0.1:9090",
      `${path}:3: traces must be a list`,
      "    docs/weft-yaml.md shows what it may say",
      `${path}:4: mehs is not known`,
      "    Perhaps mesh is meant",
      "3 mistakes",
    ]);
  });

  it("refuses other words, and a file that is not there", async () => {
    await expect(config(["chekc"])).rejects.toMatchObject({ code: "INVALID" });
    await expect(config(["check", "--config", join(folder, "none")])).rejects.toMatchObject({ code: "INVALID", field: "--config" });
  });
});
