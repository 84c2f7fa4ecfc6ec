import * as nodeFs from "node:fs/promises";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Result } from "#lib/model/errors.ts";
import type { PlanCheck } from "#lib/model/routing.ts";
import type { DraftAnswer } from "#lib/ports/routing-target.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";
import { valueOf } from "#lib/testing/results.ts";

import { revisionOf } from "../files/config-folder.ts";
import { createEnvoyRoutingTarget, type EnvoyRoutingTarget, type EnvoyRoutingTargetOptions } from "./target.ts";
import { createFakeProxies, REFUSED, SILENT, type FakeProxies, type FakeProxy } from "./testing/fake-proxies.ts";
import { systemClock } from "#collectors/shared/testing/system-time.ts";
import { REVIEWS_RULE, REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";

const ROUTE = "envoy:reviews.yaml";
const TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

let folder: string;
let routesDir: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-target-"));
  routesDir = join(folder, "routes");
  file = join(routesDir, "reviews.yaml");
  await mkdir(routesDir);
  await writeFile(file, REVIEWS_YAML);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function caller(proxy: Partial<FakeProxy> = {}): Partial<FakeProxy> {
  return { reads: file, clusters: { [V1]: [1, 1], [V2]: [1, 1] }, text: REVIEWS_YAML, ...proxy };
}

function targetOf(mesh: FakeProxies, options: Partial<EnvoyRoutingTargetOptions> = {}): EnvoyRoutingTarget {
  return createEnvoyRoutingTarget({
    id: "envoy",
    routesDir,
    directory: mesh.directory,
    admin: mesh.admin,
    clock: systemClock,
    validateBinary: null,
    memoryFile: null,
    ...options,
  });
}

function prepare(target: EnvoyRoutingTarget, first: number, second: number, marker = "weft-1"): Promise<Result<DraftAnswer>> {
  return target.prepare({ routeId: ROUTE, ruleId: REVIEWS_RULE, weights: { [V1]: first, [V2]: second }, marker });
}

async function checksOf(target: EnvoyRoutingTarget, first: number, second: number): Promise<PlanCheck[]> {
  return valueOf(await prepare(target, first, second)).checks;
}

function told(checks: readonly PlanCheck[], code: string): string[] {
  return checks.filter((check) => check.code === code).map((check) => `${check.level}: ${check.text}`);
}

function identify(cluster: string) {
  return cluster === V1 ? { nodeId: "shop/reviews", service: "reviews", version: "2026.1" } : null;
}

async function noReading(): Promise<never> {
  throw Object.assign(new Error("no"), { code: "EACCES" });
}

async function readOnly(): Promise<void> {
  throw Object.assign(new Error("no"), { code: "EROFS" });
}

describe("routes", () => {
  it("shows every file, the bad ones with their problem, and never throws", async () => {
    const files: Record<string, string | Buffer> = {
      "broken.yaml": "a: [1\n",
      "twice.yml": REVIEWS_YAML.replace(
        "    virtual_hosts:\n",
        "    virtual_hosts:\n      - { name: o, domains: [reviews], routes: [] }\n",
      ),
      "huge.yaml": "#".repeat(1024 * 1024 + 1),
      "latin.yaml": Buffer.from([0x61, 0x3a, 0x20, 0xe9]),
      "plain.json": JSON.stringify({
        resources: [
          {
            "@type": TYPE,
            name: "cart",
            virtual_hosts: [{ name: "cart", domains: ["cart:8080"], routes: [{ route: { cluster: "outbound|80||cart" } }] }],
          },
        ],
      }),
      "reviews.yaml.weft-tmp-0123456789abcdef": "x",
      ".hidden.yaml": "x",
      "notes.txt": "x",
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(routesDir, name), content);
    await mkdir(join(routesDir, "folder.yaml"));
    await symlink(file, join(routesDir, "link.yaml"));
    const { value } = valueOf(await targetOf(createFakeProxies({})).routes());
    expect(Object.fromEntries(value.map((route) => [route.id, route.problem]))).toEqual({
      "envoy:broken.yaml":
        "The file is not valid YAML: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
      "envoy:folder.yaml": "This is not a regular file.",
      "envoy:huge.yaml": "The file is larger than 1 MiB, which Weft does not read.",
      "envoy:latin.yaml": "The file is not UTF-8 text.",
      "envoy:link.yaml": "The file is a symbolic link, which Weft does not write through.",
      "envoy:plain.json": null,
      "envoy:reviews.yaml": null,
      "envoy:twice.yml": "Two virtual hosts take the domain reviews; Envoy refuses such a file.",
    });
    expect(value.find((route) => route.id === "envoy:plain.json")).toMatchObject({
      host: "cart",
      config: { format: "json", location: "routes/plain.json" },
    });
    expect(value.find((route) => route.id === "envoy:broken.yaml")).toMatchObject({
      host: "broken",
      target: "unknown/broken",
      rules: [],
      config: { text: "a: [1\n" },
    });
  });

  it("says when the folder is not there", async () => {
    const result = await targetOf(createFakeProxies({}), { routesDir: join(folder, "nowhere") }).routes();
    expect(result.ok ? null : [result.error.code, result.error.message, result.error.mend]).toEqual([
      "SOURCE_UNREACHABLE",
      `The folder of route files ${join(folder, "nowhere")} does not exist.`,
      "Make the folder, or correct its path in the configuration.",
    ]);
  });

  it("names the proxies whose subscription means the file, however they write its path", async () => {
    await symlink(routesDir, join(folder, "alias"));
    const mesh = createFakeProxies({
      absolute: caller(),
      "through-a-link": caller({ reads: join(folder, "alias", "reviews.yaml") }),
      relative: caller({ reads: "./routes/reviews.yaml" }),
      "relative-up": caller({ reads: "../x/../routes/reviews.yaml" }),
      "other-file": caller({ reads: join(routesDir, "ratings.yaml") }),
      "other-folder": caller({ reads: join(folder, "old", "reviews.yaml") }),
      "half-a-name": caller({ reads: "outes/reviews.yaml" }),
      none: caller({ reads: null }),
    });
    const { value, coverage } = valueOf(await targetOf(mesh).route(ROUTE));
    expect(value.proxies).toEqual(["absolute", "relative", "relative-up", "through-a-link"]);
    expect(coverage).toBe("complete");
  });

  it("finds the service behind the targets by what proxies say of them", async () => {
    const answer = valueOf(await targetOf(createFakeProxies({ a: caller({ clusters: { [V1]: [1, 1] } }) })).route(ROUTE));
    expect(answer.value).toMatchObject({ host: "reviews", target: "unknown/reviews" });
  });

  it("takes the collector's word for who a target is", async () => {
    const { value } = valueOf(await targetOf(createFakeProxies({ a: caller() }), { identify }).route(ROUTE));
    expect(value.rules[0]?.legs.map((leg) => leg.version)).toEqual(["2026.1", "v2"]);
    expect(value.target).toBe("shop/reviews");
  });

  it("keeps counting a proxy that no longer answers, also in the next process", async () => {
    const memoryFile = join(folder, "memory.json");
    const mesh = createFakeProxies({ a: caller(), b: caller() });
    await targetOf(mesh, { memoryFile }).routes();
    for (const proxy of Object.values(mesh.proxies)) proxy.down = REFUSED;
    const later = valueOf(await targetOf(mesh, { memoryFile }).route(ROUTE));
    expect(later.value.proxies).toEqual(["a", "b"]);
    expect(later.notices).toEqual([]);
  });

  it("survives a memory that was damaged", async () => {
    const memoryFile = join(folder, "memory.json");
    for (const damage of ["", "{", "[]", '{"proxies":{"a":7}}', '{"__proto__":{"x":1}}']) {
      await writeFile(memoryFile, damage);
      expect(valueOf(await targetOf(createFakeProxies({ a: caller() }), { memoryFile }).route(ROUTE)).value.proxies).toEqual(["a"]);
    }
  });

  it("says which proxies were never reached", async () => {
    const answer = valueOf(await targetOf(createFakeProxies({ a: caller(), b: caller({ down: SILENT }) })).route(ROUTE));
    expect(answer.value.proxies).toEqual(["a"]);
    expect(answer.coverage).toBe("partial");
    expect(answer.notices.map((notice) => notice.text)).toEqual(["Which routes b takes is not known: never reached so far."]);
  });
});

async function ownerOf(target: EnvoyRoutingTarget) {
  return valueOf(await target.route(ROUTE)).value.owner;
}

describe("ownership", () => {
  it("is a human's until Weft writes, Weft's until the bytes change", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }), { findChange: (marker) => `change of ${marker}` });
    await utimes(file, 1_700_000_000, 1_700_000_000);
    expect(await ownerOf(target)).toEqual({
      kind: "human",
      name: "by hand or another tool",
      since: "2023-11-14T22:13:20.000Z",
      changeId: null,
    });
    const { write } = valueOf(await prepare(target, 50, 50));
    valueOf(await target.apply(write));
    expect(await ownerOf(target)).toMatchObject({ kind: "weft", name: "Weft", changeId: "change of weft-1" });
    await writeFile(file, `${write.after}# a note\n`);
    expect(await ownerOf(target)).toMatchObject({ kind: "human", changeId: null });
  });

  it("is told by what Weft remembers, in the next process too", async () => {
    const memoryFile = join(folder, "memory.json");
    const mesh = createFakeProxies({ a: caller() });
    const { write } = valueOf(await prepare(targetOf(mesh, { memoryFile }), 50, 50));
    valueOf(await targetOf(mesh, { memoryFile }).apply(write));
    expect((await ownerOf(targetOf(mesh, { memoryFile }))).kind).toBe("weft");
    await writeFile(file, `${write.after}# edited in place, version left as it was\n`);
    expect((await ownerOf(targetOf(mesh, { memoryFile }))).kind).toBe("human");
  });

  it("without a memory is Weft's where version and route revision both carry a marker", async () => {
    const mesh = createFakeProxies({ a: caller() });
    await writeFile(file, REVIEWS_YAML.replaceAll('"1"', '"weft-77"'));
    expect((await ownerOf(targetOf(mesh))).kind).toBe("weft");
    await writeFile(file, REVIEWS_YAML.replace('version_info: "1"', 'version_info: "weft-77"'));
    expect((await ownerOf(targetOf(mesh))).kind).toBe("human");
  });

  it("goes back to the human whose text is put back", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }));
    const { write } = valueOf(await prepare(target, 50, 50));
    valueOf(await target.apply(write));
    valueOf(await target.restore(write));
    expect((await ownerOf(target)).kind).toBe("human");
  });
});

describe("checks of a draft", () => {
  it("pass on a healthy mesh", async () => {
    const checks = await checksOf(targetOf(createFakeProxies({ a: caller(), b: caller() })), 100, 0);
    expect(checks.map((check) => `${check.level}: ${check.text}`)).toEqual([
      "pass: Weights are whole and sum to 100, as before",
      "pass: v1 has 1 of 1 ready endpoint",
      "pass: All 2 proxies that answer know both v1 and v2",
      "pass: No other route file takes this host",
      "unknown: Envoy's own dry run was not made: no Envoy binary is at hand here",
      "pass: All 2 proxies that take this route answer",
      "pass: routes/reviews.yaml can be written",
    ]);
  });

  it("fail when nothing would change, and note another total", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }));
    expect(told(await checksOf(target, 90, 10), "no-change")).toEqual([
      "fail: There is nothing to change: the rule has these weights already",
    ]);
    expect(told(await checksOf(target, 900, 100), "weights")).toEqual([
      "note: Weights are whole and sum to 1000; before they summed to 100. Shares count, not the sum",
    ]);
  });

  it("fail for a leg that would gain calls without a ready endpoint, by the worst-off proxy", async () => {
    const target = targetOf(
      createFakeProxies({
        a: caller({ clusters: { [V1]: [2, 2], [V2]: [1, 3] } }),
        b: caller({ clusters: { [V1]: [2, 2], [V2]: [0, 3] } }),
      }),
    );
    expect(told(await checksOf(target, 50, 50), "endpoints")).toEqual([
      "pass: v1 has 2 of 2 ready endpoints",
      "fail: v2 has 0 of 3 ready endpoints, as b sees it; calls to it would fail",
    ]);
  });

  it("let calls be taken from a dead leg in steps", async () => {
    const target = targetOf(createFakeProxies({ a: caller({ clusters: { [V1]: [1, 2], [V2]: [0, 1] } }) }));
    expect(told(await checksOf(target, 95, 5), "endpoints")).toEqual([
      "note: v1 has 1 of 2 ready endpoints",
      "warn: v2 has 0 of 1 ready endpoint; the calls it keeps fail",
    ]);
    expect(told(await checksOf(target, 100, 0), "endpoints")).toEqual(["note: v1 has 1 of 2 ready endpoints"]);
  });

  it("fail for a target that one of the proxies does not know, gravely where the file validates its targets", async () => {
    const target = targetOf(createFakeProxies({ a: caller(), b: caller({ clusters: { [V1]: [1, 1] } }) }));
    expect(told(await checksOf(target, 100, 0), "targets")).toEqual([
      "fail: v2 is not known to b as outbound|9080|v2|reviews; they would refuse the whole file",
    ]);
    await writeFile(file, REVIEWS_YAML.replace("    validate_clusters: true\n", ""));
    expect(told(await checksOf(target, 100, 0), "targets")).toEqual([
      "warn: v2 is not known to b as outbound|9080|v2|reviews; it gets no calls",
    ]);
    expect(told(await checksOf(target, 80, 20), "targets")).toEqual([
      "fail: v2 is not known to b as outbound|9080|v2|reviews; its calls would be answered with 503",
    ]);
  });

  it("warn of proxies that cannot be asked, by name and reason, and count them in", async () => {
    const mesh = createFakeProxies({ a: caller(), b: caller(), c: caller(), d: caller({ down: SILENT }) });
    const memoryFile = join(folder, "memory.json");
    await targetOf(mesh, { memoryFile }).routes();
    Object.assign(mesh.proxies["b"] ?? {}, { down: REFUSED });
    Object.assign(mesh.proxies["c"] ?? {}, { down: SILENT });
    const target = targetOf(mesh, { memoryFile });
    const { checks, write } = valueOf(await prepare(target, 50, 50));
    expect(write.proxies).toEqual(["a", "b", "c", "d"]);
    const proofs = await target.verify(write, await target.baseline(write));
    expect(proofs.find((proof) => proof.id === "d")).toMatchObject({
      state: "unreachable",
      reason: "It was never reached so far, so whether it takes this route is not known.",
    });
    expect(told(checks, "proxies")).toEqual([
      "warn: b takes this route but cannot be asked now. Nothing listens at its admin address: the proxy is not running. (127.0.0.1:9 refused the connection.)",
      "warn: c takes this route but cannot be asked now. It does not answer: it may be frozen, overloaded or cut off. (127.0.0.1:9 did not answer /config_dump within 400 ms.)",
      "unknown: Whether d takes this route is not known: never reached so far",
    ]);
  });

  it("fail when no proxy is known to read the file", async () => {
    const checks = await checksOf(targetOf(createFakeProxies({ a: caller({ reads: null }) })), 50, 50);
    expect(told(checks, "proxies")).toEqual(["fail: No proxy is known to read routes/reviews.yaml, so nothing could be proven"]);
    expect(told(checks, "targets")).toEqual(["unknown: Whether the proxies know every target could not be checked: none of them answers"]);
    expect(told(checks, "endpoints")).toContain("unknown: Whether v1 has ready endpoints is not known: no proxy that answers knows it");
  });

  it("warn of another file that takes the same host, and of proxies that run something else than the file says", async () => {
    await writeFile(join(routesDir, "old.yaml"), REVIEWS_YAML.replace('["reviews", "reviews:*"]', '["REVIEWS"]'));
    await writeFile(join(routesDir, "any.yaml"), REVIEWS_YAML.replace('["reviews", "reviews:*"]', '["*"]'));
    const mesh = createFakeProxies({
      a: caller({ text: REVIEWS_YAML.replace("weight: 90", "weight: 80") }),
      b: caller({ reads: join(routesDir, "old.yaml") }),
    });
    const checks = await checksOf(targetOf(mesh), 50, 50);
    expect(told(checks, "host")).toEqual(["warn: routes/old.yaml takes the same host (b reads it) and is not changed"]);
    expect(told(checks, "in-step")).toEqual([
      "warn: a does not run what routes/reviews.yaml says now. Its version 1 has outbound|9080|v1|reviews 80, outbound|9080|v2|reviews 10.",
    ]);
  });

  it("warn of a runtime key that can stand in for the weights, and fail for a folder that cannot be written", async () => {
    await writeFile(file, REVIEWS_YAML.replace("weighted_clusters:\n", "weighted_clusters:\n                runtime_key_prefix: canary\n"));
    const checks = await checksOf(targetOf(createFakeProxies({ a: caller() }), { fs: { ...nodeFs, access: readOnly } }), 50, 50);
    expect(told(checks, "runtime")).toEqual([
      "warn: Runtime values under canary can override these weights in a proxy, and its dump does not show it",
    ]);
    expect(told(checks, "writable")).toEqual([
      "fail: routes/reviews.yaml could not be written: the folder is mounted read-only (EROFS). The old file is whole.",
    ]);
  });
});

describe("prepare", () => {
  it.each([
    [
      "a broken file",
      "a: [1\n",
      "UNSUPPORTED",
      "routes/reviews.yaml: The file is not valid YAML: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
    [
      "weights behind an alias",
      REVIEWS_YAML.replace("weight: 90", "weight: &w 90").replace("weight: 10", "weight: *w"),
      "UNSUPPORTED",
      "The weights stand under a YAML anchor that is used elsewhere too, so moving them would change more than this rule.",
    ],
  ])("refuses %s", async (_, text, code, message) => {
    await writeFile(file, text);
    const target = targetOf(createFakeProxies({ a: caller() }));
    const { value } = valueOf(await target.route(ROUTE));
    const result = await target.prepare({
      routeId: ROUTE,
      ruleId: value.rules[0]?.id ?? "x",
      weights: { [V1]: 1, [V2]: 1 },
      marker: "weft-1",
    });
    expect(result.ok ? null : [result.error.code, result.error.message]).toEqual([code, message]);
  });

  it.each(["other:reviews.yaml", "envoy:../secret.yaml", "envoy:missing.yaml", "envoy:", "envoy:notes.txt", "envoy:reviews.yaml#3"])(
    "knows no route %s",
    async (routeId) => {
      await writeFile(join(folder, "secret.yaml"), REVIEWS_YAML);
      await writeFile(join(routesDir, "notes.txt"), REVIEWS_YAML);
      const result = await targetOf(createFakeProxies({})).route(routeId);
      expect(result.ok ? null : result.error.code).toBe("NOT_FOUND");
    },
  );

  it("asks a frozen proxy no second time for one plan", async () => {
    const mesh = createFakeProxies({ a: caller({ down: SILENT }) });
    const memoryFile = join(folder, "memory.json");
    Object.assign(mesh.proxies["a"] ?? {}, { down: null });
    await targetOf(mesh, { memoryFile }).routes();
    Object.assign(mesh.proxies["a"] ?? {}, { down: SILENT });
    const before = mesh.asked();
    await prepare(targetOf(mesh, { memoryFile }), 50, 50);
    expect(mesh.asked() - before).toBe(4);
  });
});

async function applied(proxy: Partial<FakeProxy>) {
  const mesh = createFakeProxies({ a: caller(proxy) });
  const target = targetOf(mesh);
  const { write } = valueOf(await prepare(target, 50, 50));
  const baseline = await target.baseline(write);
  valueOf(await target.apply(write));
  const state = mesh.proxies["a"];
  if (state === undefined) throw new Error("no proxy");
  return { mesh, target, write, baseline, state, verify: async () => (await target.verify(write, baseline))[0] };
}

describe("verify", () => {
  it("follows a proxy from the old version to the new one", async () => {
    const { state, write, verify } = await applied({});
    expect(await verify()).toMatchObject({ state: "pending", revision: "1", reason: "It still runs version 1." });
    state.text = write.after;
    expect(await verify()).toMatchObject({ state: "live", revision: "weft-1", reason: null });
  });

  it("asks every separate listener of the file", async () => {
    const { state, write, verify } = await applied({ listeners: 2 });
    state.text = write.after;
    expect(await verify()).toMatchObject({ state: "pending", reason: "One of its listeners does not have the new version yet." });
  });

  it("tells a refusal at once, and not one from before", async () => {
    const { state, verify } = await applied({ rejected: 5, failed: 2 });
    expect((await verify())?.state).toBe("pending");
    state.rejected = 6;
    expect(await verify()).toMatchObject({
      state: "rejected",
      reason: "It refused the new file (update_rejected rose by 1) and keeps what it had; the reason stands in its own log.",
    });
  });

  it("counts a restarted proxy from 0", async () => {
    const { state, verify } = await applied({ rejected: 1 });
    state.startedAt = "2026-02-02T00:00:00.000Z";
    expect((await verify())?.state).toBe("rejected");
    state.rejected = 0;
    expect((await verify())?.state).toBe("pending");
  });

  it("is not misled by a proxy that had refused and then took it", async () => {
    const { state, write, verify } = await applied({});
    state.rejected = 1;
    state.text = write.after;
    expect((await verify())?.state).toBe("live");
  });

  it("tells a dead proxy from a frozen one and from one that was removed", async () => {
    const { mesh, state, verify } = await applied({});
    state.down = REFUSED;
    expect((await verify())?.reason).toMatch(/^Nothing listens at its admin address/);
    state.down = SILENT;
    expect((await verify())?.reason).toMatch(/^It does not answer: it may be frozen/);
    delete mesh.proxies["a"];
    await vi.waitFor(async () => expect((await verify())?.reason).not.toMatch(/^It does not answer/), { timeout: 5_000, interval: 50 });
    expect(await verify()).toEqual({
      id: "a",
      state: "unreachable",
      revision: null,
      observedAt: null,
      reason: "It is no longer in the directory of proxies.",
    });
  });

  it("judges a proxy without a baseline only when it started after the write", async () => {
    const mesh = createFakeProxies({ a: caller(), b: caller() });
    const target = targetOf(mesh);
    const { write } = valueOf(await prepare(target, 50, 50));
    const proxy = mesh.proxies["a"];
    if (proxy === undefined) throw new Error("no proxy");
    proxy.down = SILENT;
    const baseline = await target.baseline(write);
    expect(baseline["a"]).toBeNull();
    valueOf(await target.apply(write));
    Object.assign(proxy, { down: null, rejected: 4 });
    expect((await target.verify(write, baseline))[0]?.state).toBe("pending");
    proxy.startedAt = new Date(Date.now() + 60_000).toISOString();
    expect((await target.verify(write, baseline))[0]?.state).toBe("rejected");
  });
});

describe("standing", () => {
  it("compares a foreign text with what it grew out of", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }));
    const { write } = valueOf(await prepare(target, 50, 50));
    await writeFile(file, `${REVIEWS_YAML}# mine\n`);
    expect(valueOf(await target.standing(write))).toMatchObject({
      at: "foreign",
      diff: { before: write.before, after: `${REVIEWS_YAML}# mine\n` },
    });
    await writeFile(file, `${write.after}# mine\n`);
    expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: { before: write.after } });
  });

  it("does not take a file that cannot be read for somebody else's", async () => {
    const mesh = createFakeProxies({ a: caller() });
    const { write } = valueOf(await prepare(targetOf(mesh), 50, 50));
    const result = await targetOf(mesh, { fs: { ...nodeFs, open: noReading } }).standing(write);
    expect(result.ok ? null : [result.error.code, result.error.message]).toEqual([
      "SOURCE_UNREACHABLE",
      "routes/reviews.yaml cannot be read (EACCES).",
    ]);
  });

  it("tells a file that is gone, or is no text any more", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }));
    const { write } = valueOf(await prepare(target, 50, 50));
    await writeFile(file, Buffer.from([0xff, 0xfe]));
    expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: null });
    await rm(file);
    expect(valueOf(await target.standing(write))).toEqual({ at: "foreign", revision: null, modifiedAtMs: null, diff: null });
  });
});

function writeOf(sample: PreparedWrite, before: string, marker: string): PreparedWrite {
  const after = before.replace(/version_info: "[^"]*"/, `version_info: "${marker}"`);
  return { ...sample, marker, before, after, revisionBefore: revisionOf(before), revisionAfter: revisionOf(after) };
}

describe("two writers", () => {
  it("race a thousand times: exactly one wins, and nothing is lost", { timeout: 60_000 }, async () => {
    const mesh = createFakeProxies({});
    const targets = [targetOf(mesh), targetOf(mesh)];
    const { write: sample } = valueOf(await prepare(targetOf(mesh), 50, 50));
    let last = REVIEWS_YAML;
    for (let round = 0; round < 1_000; round += 1) {
      const writes = targets.map((_, index) => writeOf(sample, last, `weft-${round}-${index}`));
      const turns = round % 2 === 0 ? [0, 1] : [1, 0];
      const results = await Promise.all(
        turns.map(async (index) => ({ index, result: await targets[index]?.apply(writes[index] ?? sample) })),
      );
      const winners = results.filter(({ result }) => result?.ok === true);
      expect(winners).toHaveLength(1);
      expect(results.flatMap(({ result }) => (result?.ok === false ? [result.error.code] : []))).toEqual(["CONFLICT"]);
      last = await readFile(file, "utf8");
      expect(last).toBe(writes[winners[0]?.index ?? -1]?.after);
    }
    expect(await readdir(routesDir)).toEqual(["reviews.yaml"]);
  });

  it("do not lose a rename by somebody else between plan and apply", async () => {
    const target = targetOf(createFakeProxies({ a: caller() }));
    const { write } = valueOf(await prepare(target, 50, 50));
    await writeFile(`${file}.theirs`, "theirs: 1\n");
    await rename(`${file}.theirs`, file);
    const result = await target.apply(write);
    expect(result.ok ? null : result.error.code).toBe("CONFLICT");
    expect(await readFile(file, "utf8")).toBe("theirs: 1\n");
  });
});
