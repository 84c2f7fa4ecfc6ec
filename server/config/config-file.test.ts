import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { checkConfigText, mistakeText, parseConfigFile, readConfigFile } from "./config-file.ts";
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

const METRICS = `
metrics:
  - id: mimir
    kind: prometheus
    url: https://mimir.example/prometheus
    externalUrl: https://grafana.example
    headers: { X-Team: shop }
    tenant: team-a
    auth: { basic: { username: weft, passwordFile: /run/password } }
    query: { dedup: "true" }
    ca: ca.pem
    cert: weft.pem
    key: weft.key
    timeout: 20s
    concurrency: 2
    queryScope: { cluster: east }
    telemetry: [istio, envoy]
    sourceLabels: { service: [app], namespace: [namespace] }
  - id: collector
    kind: opentelemetry-collector
    url: http://127.0.0.1:8889
    interval: 15s
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
    const { metricsSources, traceSources } = parseConfigFile(example, "weft.yaml");
    expect(traceSources?.map(({ id }) => id)).toEqual(["jaeger", "old-zipkin"]);
    expect(metricsSources?.map(({ id }) => id)).toEqual(["prometheus", "mimir", "collector"]);
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
    ["two documents", "mesh: a\n---\nmesh: b", 2, null, "a second document begins here, and a file is read as one"],
    ["an alias to nothing", "mesh: *s3cr3t", 1, null, "has aliases that cannot be resolved"],
  ])("refuses %s, and says where and why", (_name, text, line, field, reason) => {
    const error = refused(text);
    const place = `/etc/weft/weft.yaml, line ${line}${field === null ? "" : `, ${field}`}`;
    expect(error.message).toBe(`${place}: ${reason}`);
    expect(error).toMatchObject({ code: "INVALID", field, mend: expect.stringMatching(/^[A-Zd].{5,}/) });
    expect(JSON.stringify([error.message, error.mend])).not.toContain("s3cr3t");
  });

  it("says how metrics are read, in the words of the options", () => {
    const options = parseConfigFile(METRICS, "/etc/weft/weft.yaml");
    expect(options.metricsSources).toEqual([
      {
        id: "mimir",
        kind: "prometheus",
        url: "https://mimir.example/prometheus",
        externalUrl: "https://grafana.example",
        headers: { "X-Team": "shop" },
        tenant: "team-a",
        auth: { basic: { username: "weft", passwordFile: "/run/password" } },
        parameters: { dedup: "true" },
        caFile: "/etc/weft/ca.pem",
        certFile: "/etc/weft/weft.pem",
        keyFile: "/etc/weft/weft.key",
        timeoutMs: 20_000,
        concurrency: 2,
        queryScope: { cluster: "east" },
        telemetry: ["istio", "envoy"],
        sourceLabels: { service: ["app"], namespace: ["namespace"] },
      },
      { id: "collector", kind: "opentelemetry-collector", url: "http://127.0.0.1:8889", timeoutMs: 10_000, intervalMs: 15_000 },
    ]);
    expect(parseOptions(options)).toMatchObject(options);
  });

  it.each<[string, string, number, string, string, string]>([
    ["a kind nobody reads", "kind: graphite", 3, "metrics.0.kind", "must be prometheus or opentelemetry-collector", "docs/weft-yaml.md"],
    [
      "a query in the address",
      "url: http://a/?dedup=s3cr3t",
      4,
      "metrics.0.url",
      "must end with its path; what follows ? belongs under query",
      "http://",
    ],
    [
      "a parameter that is no text",
      "query: { dedup: true }",
      5,
      "metrics.0.query.dedup",
      "must be text; put numbers and true or false into quotes",
      'dedup: "true"',
    ],
    [
      "a parameter of Weft's own",
      "query: { step: s3cr3t }",
      5,
      "metrics.0.query.step",
      "is said by Weft itself with every question",
      "query:",
    ],
    [
      "a label with another name",
      "queryScope: { my-label: s3cr3t }",
      5,
      "metrics.0.queryScope.my-label",
      "must be the name of a label",
      "cluster: east",
    ],
    ["another metric", "queryScope: { __name__: up }", 5, "metrics.0.queryScope.__name__", "must be the name of a label", "cluster: east"],
    [
      "telemetry nobody reads",
      "telemetry: [linkerd]",
      5,
      "metrics.0.telemetry.0",
      "must be istio, envoy or service-graph",
      "[istio, envoy]",
    ],
    [
      "an address with the path of the interface",
      "url: http://127.0.0.1:9090/api/v1",
      4,
      "metrics.0.url",
      "must end before /api/v1, which Weft puts behind it",
      "http",
    ],
    ["telemetry twice", "telemetry: [istio, istio]", 5, "metrics.0.telemetry", "names one twice", "[istio, envoy]"],
    ["a certificate without its key", "cert: a.pem", 5, "metrics.0.cert", "needs its key beside it, and a key its cert", "docs"],
    ["too many questions at once", "concurrency: 500", 5, "metrics.0.concurrency", "must be at most 32", "concurrency: 4"],
    ["a name that was misspelled", "tennant: s3cr3t", 5, "metrics.0.tennant", "is not known", "Perhaps tenant is meant"],
    ["a name nobody knows", "colour: s3cr3t", 5, "metrics.0.colour", "is not known", "known here are id"],
    ["an interval of nothing", "interval: 15s", 5, "metrics.0.interval", "is not known", "known here are"],
  ])("refuses %s of metrics, and says how to mend it", (_name, line, at, field, reason, mend) => {
    const key = line.split(":", 1)[0];
    const kept = ["id: prom", "kind: prometheus", "url: http://127.0.0.1:9090"].map((own) => (own.startsWith(`${key}:`) ? line : own));
    const lines = kept.includes(line) ? kept : [...kept, line];
    const error = refused(`metrics:\n  - ${lines.join("\n    ")}`);
    expect(error.message).toBe(`/etc/weft/weft.yaml, line ${at}, ${field}: ${reason}`);
    expect(error.mend).toContain(mend);
    expect(JSON.stringify([error.message, error.mend])).not.toContain("s3cr3t");
  });

  it("finds every mistake, in the order of the lines", () => {
    const text = [
      "mehs: shop",
      "metrics:",
      "  - id: one",
      "    kind: prometheus",
      "    url: ftp://s3cr3t",
      "    timeout: soon",
      "    auth: {}",
      "  - id: two",
      "    kind: influx",
      "    url: b",
      "    cert: a.pem",
      "    timeot: 10s",
      "    concurrency: 500",
      "    interval: 10s",
      "traces:",
      "  - id: one",
      "    kind: zipkin",
      "    headers: { X: 1 }",
    ].join("\n");
    const checked = checkConfigText(text, "weft.yaml");
    expect(checked.ok ? [] : checked.mistakes.map(mistakeText)).toEqual([
      "line 1, mehs: is not known",
      "line 5, metrics.0.url: must be an address that begins with http:// or https://",
      "line 6, metrics.0.timeout: must be a duration such as 10s or 500ms",
      "line 7, metrics.0.auth: must have either bearerTokenFile or basic",
      "line 9, metrics.1.kind: must be prometheus or opentelemetry-collector",
      "line 10, metrics.1.url: must be an address that begins with http:// or https://",
      "line 11, metrics.1.cert: needs its key beside it, and a key its cert",
      "line 12, metrics.1.timeot: is not known",
      "line 13, metrics.1.concurrency: must be at most 32",
      "line 16, traces.0.url: is missing",
      "line 16, traces.0.id: is there twice; each source needs an id of its own",
      "line 18, traces.0.headers.X: must be text; put numbers into quotes",
    ]);
    expect(refused(text).mend).toMatch(/^Perhaps mesh is meant; 11 more, all named by \.\/weft config check --config/);
    expect(JSON.stringify(checked)).not.toContain("s3cr3t");
  });

  it.each([
    ["metrics", "promethues", "Perhaps kind: prometheus is meant"],
    ["metrics", "VictoriaMetrics", "Perhaps kind: prometheus is meant"],
    ["metrics", "otel-collector", "Perhaps kind: opentelemetry-collector is meant"],
    ["metrics", "jaeger", "Move the entry under traces, where this kind belongs"],
    ["traces", "zipkn", "Perhaps kind: zipkin is meant"],
    ["traces", "prometheus", "Move the entry under metrics, where this kind belongs"],
    ["traces", "mimir", "docs/weft-yaml.md shows what it may say"],
  ])("names the kind of %s that is meant by %s", (list, kind, mend) => {
    const error = refused(`${list}:\n  - id: a\n    kind: ${kind}\n    url: http://a`);
    expect(error).toMatchObject({ field: `${list}.0.kind`, mend });
  });

  it("says of a kind that is missing that it is, and what else is wrong", () => {
    const checked = checkConfigText("metrics:\n  - id: a\n    url: a\n    cert: a.pem\n", "weft.yaml");
    expect(checked.ok ? [] : checked.mistakes.map(mistakeText)).toEqual([
      "line 2, metrics.0.kind: is missing",
      "line 3, metrics.0.url: must be an address that begins with http:// or https://",
      "line 4, metrics.0.cert: needs its key beside it, and a key its cert",
    ]);
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
