import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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
    const path = file("metrics:\n  - { id: a, kind: prometheus, url: http://nobody.invalid:1, auth: { bearerTokenFile: token } }");
    writeFileSync(join(dirname(path), "token"), "t0ken\n");
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

  it("names files that are not there or hold something else, with key, line, path and mend, and not what is in them", async () => {
    const path = file(
      [
        "metrics:",
        "  - id: a",
        "    kind: prometheus",
        "    url: https://a",
        "    ca: none/ca.pem",
        "    cert: notes.txt",
        "    key: folder",
        "    auth: &login { bearerTokenFile: token }",
        "  - { id: b, kind: promethues, url: https://b, ca: ca.pem, auth: *login }",
        "traces:",
        "  - id: c",
        "    kind: zipkin",
        "    url: http://c",
        "    auth: { basic: { username: me, passwordFile: empty } }",
        "    ca: circle",
      ].join("\n"),
    );
    const beside = (name: string): string => join(dirname(path), name);
    writeFileSync(beside("notes.txt"), "s3cr3t");
    writeFileSync(beside("empty"), " \n");
    writeFileSync(beside("ca.pem"), "-----BEGIN CERTIFICATE-----\n");
    mkdirSync(beside("folder"));
    symlinkSync("circle", beside("circle"));
    expect(await config(["check", "--config", path])).toBe(1);
    const put = "    Put it there, or correct the path; a relative one is meant from the folder of this file";
    expect(printed).toEqual([
      `${path}:5: metrics.0.ca names a file that is not there: ${beside("none/ca.pem")}`,
      put,
      `${path}:6: metrics.0.cert names a file that holds no certificate in PEM: ${beside("notes.txt")}`,
      "    Name a file that begins with -----BEGIN CERTIFICATE-----",
      `${path}:7: metrics.0.key names a file that is a folder: ${beside("folder")}`,
      "    Name the file in it",
      `${path}:8: metrics.0.auth.bearerTokenFile names a file that is not there: ${beside("token")}`,
      put,
      `${path}:9: metrics.1.kind must be prometheus or opentelemetry-collector`,
      "    Perhaps kind: prometheus is meant",
      `${path}:9: metrics.1.auth.bearerTokenFile names a file that is not there: ${beside("token")}`,
      put,
      `${path}:14: traces.0.auth.basic.passwordFile names a file that is empty: ${beside("empty")}`,
      "    Put the token or the password into it, on one line",
      `${path}:15: traces.0.ca names a file that cannot be read (ELOOP): ${beside("circle")}`,
      "    Name a file that can be read",
      "8 mistakes",
    ]);
  });

  it("refuses other words, and a file that is not there", async () => {
    await expect(config(["chekc"])).rejects.toMatchObject({ code: "INVALID" });
    await expect(config(["check", "--config", join(folder, "none")])).rejects.toMatchObject({ code: "INVALID", field: "--config" });
  });
});
