import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { parseConfigFile, readConfigFile } from "./config-file.ts";
import { parseOptions } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-yaml-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FULL = `
mesh: demo-shop
traces:
  - id: jaeger
    kind: jaeger
    url: https://jaeger.example:16686/base
    externalUrl: https://jaeger.example
    headers: { X-Scope-OrgID: team-a }
    tenant: team-a
    auth: { bearerTokenFile: run/token }
    ca: /etc/ssl/mesh-ca.pem
    timeout: 2.5s
  - id: old-zipkin
    kind: zipkin
    url: http://127.0.0.1:9411
    auth:
      basic: { username: weft, passwordFile: /run/password }
`;

function refused(text: string): WeftError {
  try {
    parseConfigFile(text, "/etc/weft/weft.yaml");
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** A file with one source, of which some lines are others. */
const source = (...lines: string[]): string =>
  ["traces:", "  - id: jaeger", "    kind: jaeger", "    url: http://127.0.0.1:1", ...lines.map((line) => `    ${line}`)].join("\n");

describe("weft.yaml", () => {
  it("says it all in the words of the options", () => {
    const options = parseConfigFile(FULL, "/etc/weft/weft.yaml");
    expect(options).toEqual({
      meshName: "demo-shop",
      traceSources: [
        {
          id: "jaeger",
          kind: "jaeger",
          url: "https://jaeger.example:16686/base",
          externalUrl: "https://jaeger.example",
          headers: { "X-Scope-OrgID": "team-a" },
          tenant: "team-a",
          auth: { bearerTokenFile: "/etc/weft/run/token" },
          caFile: "/etc/ssl/mesh-ca.pem",
          timeoutMs: 2_500,
        },
        {
          id: "old-zipkin",
          kind: "zipkin",
          url: "http://127.0.0.1:9411",
          auth: { basic: { username: "weft", passwordFile: "/run/password" } },
          timeoutMs: 10_000,
        },
      ],
    });
    expect(parseOptions(options)).toMatchObject(options);
  });

  it("takes the example of its own page", () => {
    const page = readFileSync(new URL("../../docs/weft-yaml.md", import.meta.url), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    expect(parseConfigFile(example, "weft.yaml").traceSources?.map(({ id }) => id)).toEqual(["jaeger", "old-zipkin"]);
  });

  it.each(["", "# nothing yet\n", "mesh: shop", "traces: []"])("may say little: %j", (text) => {
    expect(() => parseConfigFile(text, "weft.yaml")).not.toThrow();
  });

  it.each<[string, string, number, string | null, string]>([
    ["an unknown name", "mesh: a\ncolour: blue", 2, "colour", "is not known"],
    ["an unknown name of a source", source("tennant: a"), 5, "traces.0.tennant", "is not known"],
    ["a kind nobody reads", source().replace("kind: jaeger", "kind: tempo"), 3, "traces.0.kind", "must be jaeger or zipkin"],
    ["no url", "traces:\n  - id: a\n    kind: zipkin", 2, "traces.0.url", "is missing"],
    ["no id", "traces:\n  - kind: zipkin\n    url: http://a", 2, "traces.0.id", "is missing"],
    ["an id that is Weft's own", source().replace("id: jaeger", "id: spans"), 2, "traces.0.id", "is the name of a source of Weft's own"],
    [
      "an id twice",
      `${source()}\n${source().split("\n").slice(1).join("\n")}`,
      5,
      "traces.1.id",
      "is there twice; each source needs an id of its own",
    ],
    [
      "an address without http",
      source("externalUrl: jaeger.example"),
      5,
      "traces.0.externalUrl",
      "must be an address that begins with http:// or https://",
    ],
    [
      "a password in the address",
      source("externalUrl: https://me:s3cr3t@a"),
      5,
      "traces.0.externalUrl",
      "must hold no user and no password; use auth",
    ],
    [
      "a query in the address",
      source("externalUrl: https://a/?s3cr3t"),
      5,
      "traces.0.externalUrl",
      "must end with its path; what follows ? or # is not used",
    ],
    ["a header that is no text", source("headers: { X-Team: 7 }"), 5, "traces.0.headers.X-Team", "must be text; put numbers into quotes"],
    [
      "a header of two lines",
      source('headers: { X-Key: "s3cr3t\\nX: y" }'),
      5,
      "traces.0.headers.X-Key",
      "must be one line of text that a header may have",
    ],
    ["a header without a good name", source("headers: { 'X Key': s3cr3t }"), 5, "traces.0.headers.X Key", "must be the name of a header"],
    [
      "two ways to log in",
      source("auth: { bearerTokenFile: a, basic: { username: b, passwordFile: c } }"),
      5,
      "traces.0.auth",
      "must have either bearerTokenFile or basic",
    ],
    ["no way to log in", source("auth: {}"), 5, "traces.0.auth", "must have either bearerTokenFile or basic"],
    ["a token in the file itself", source("auth: { bearerToken: s3cr3t }"), 5, "traces.0.auth.bearerToken", "is not known"],
    ["a timeout without a unit", source("timeout: 10"), 5, "traces.0.timeout", "must be a duration such as 10s"],
    ["a timeout that is none", source("timeout: soon"), 5, "traces.0.timeout", "must be a duration such as 10s or 500ms"],
    ["a timeout too long", source("timeout: 3m"), 5, "traces.0.timeout", "must be between 100ms and 2m"],
    ["sources that are no list", "traces: { id: a }", 1, "traces", "must be a list"],
    ["a list at the top", "- a", 1, null, "is not what it should be"],
    ["a name twice", "mesh: a\nmesh: b", 2, null, "a name stands there twice"],
    ["broken YAML", 'mesh: "s3cr3t', 1, null, "this is not valid YAML (missing char)"],
    ["an alias to nothing", "mesh: *s3cr3t", 1, null, "has aliases that cannot be resolved"],
  ])("refuses %s, and says where and why", (_name, text, line, field, reason) => {
    const error = refused(text);
    const place = `/etc/weft/weft.yaml, line ${line}${field === null ? "" : `, ${field}`}`;
    expect(error.message).toBe(`${place}: ${reason}`);
    expect(error).toMatchObject({ code: "INVALID", field, mend: "docs/weft-yaml.md shows what it may say" });
    expect(JSON.stringify([error.message, error.mend])).not.toContain("s3cr3t");
  });

  it("is read from a file, relative to which its paths are meant", async () => {
    const path = join(folder, "weft.yaml");
    writeFileSync(path, source("ca: ca.pem"));
    expect((await readConfigFile(path)).traceSources?.[0]?.caFile).toBe(join(folder, "ca.pem"));
  });

  it("says so when the file is not there", async () => {
    await expect(readConfigFile(join(folder, "none.yaml"))).rejects.toMatchObject({
      code: "INVALID",
      field: "--config",
      message: expect.stringContaining("none.yaml cannot be read (ENOENT)"),
    });
  });
});
