import * as nodeFs from "node:fs/promises";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { systemClock } from "#collectors/shared/testing/system-time.ts";
import type { Result, WeftError } from "#lib/model/errors.ts";
import type { DemandAnswer, DemandDraft, DemandObject } from "#lib/ports/demand-target.ts";

import { createEnvoyDemandTarget, type EnvoyDemandTarget, type EnvoyDemandTargetOptions } from "./target.ts";
import { createFakeProxies, REFUSED, type FakeProxies, type FakeProxy } from "./testing/fake-proxies.ts";
import { chainOf, fileOf, LEDGER_YAML, listenerOf, PLAINTEXT_LINES } from "./testing/listener-texts.ts";

const OBJECT = "listeners:ledger.yaml#inbound";
const KEY = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");

let folder: string;
let listenersDir: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-demand-"));
  listenersDir = join(folder, "listeners");
  file = join(listenersDir, "ledger.yaml");
  await mkdir(listenersDir);
  await writeFile(file, LEDGER_YAML);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function reader(proxy: Partial<FakeProxy> = {}): Partial<FakeProxy> {
  return { reads: file, text: LEDGER_YAML, ...proxy };
}

function targetOf(mesh: FakeProxies, options: Partial<EnvoyDemandTargetOptions> = {}): EnvoyDemandTarget {
  const { directory, admin } = mesh;
  return createEnvoyDemandTarget({
    id: "listeners",
    listenersDir,
    directory,
    admin,
    clock: systemClock,
    validateBinary: null,
    memoryFile: null,
    ...options,
  });
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

function errorOf(result: Result<unknown>): WeftError {
  if (result.ok) throw new Error("expected a refusal, but it went well");
  return result.error;
}

async function objects(target: EnvoyDemandTarget): Promise<DemandObject[]> {
  return valueOf(await target.objects()).value;
}

function draft(
  target: EnvoyDemandTarget,
  want: DemandDraft["want"] = { demand: "strict" },
  marker = "weft-1",
): Promise<Result<DemandAnswer>> {
  return target.prepare({ objectId: OBJECT, want, marker });
}

async function toldOf(target: EnvoyDemandTarget, want?: DemandDraft["want"]): Promise<string[]> {
  const { checks } = valueOf(await draft(target, want));
  return checks.filter((check) => check.level !== "pass").map((check) => `${check.code}, ${check.level}: ${check.text}`);
}

const NO_BINARY = "dry-run, unknown: Envoy's own dry run was not made: no Envoy binary is at hand here";

async function replaceBy(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** A target whose one proxy is about to take a strict text. */
async function applied(proxy: Partial<FakeProxy> = {}) {
  const mesh = createFakeProxies({ one: reader(proxy) });
  const target = targetOf(mesh);
  const { write } = valueOf(await draft(target));
  const baseline = await target.baseline(write);
  valueOf(await target.apply(write));
  const one = mesh.proxies["one"];
  if (one === undefined) throw new Error("no proxy");
  const ask = async (): Promise<[string | undefined, string | null | undefined]> => {
    const [proof] = await target.verify(write, baseline);
    return [proof?.state, proof?.reason];
  };
  return { write, one, ask };
}

async function failing(code: string): Promise<never> {
  throw Object.assign(new Error("no"), { code });
}

describe("objects", () => {
  it("is one for every inbound listener, the ones that can be changed first", async () => {
    const kinds = { a: ["oneWay"], b: ["mutual"], c: ["plaintext"], d: ["mutual", "raw"] } as const;
    const listeners = Object.entries(kinds).map(([name, chains]) =>
      listenerOf(
        chains.map((kind) => chainOf(kind, name)),
        { name },
      ),
    );
    await writeFile(join(listenersDir, "many.json"), JSON.stringify(fileOf(listeners)));
    const mesh = createFakeProxies({ one: reader(), two: reader({ service: "many", reads: join(listenersDir, "many.json") }) });
    const found = await objects(targetOf(mesh));
    expect(found.map(({ id, workload, demand, problem }) => [id, workload, demand, problem])).toEqual([
      [OBJECT, "payments/ledger", "permissive", null],
      ["listeners:many.json#d", "payments/many", "permissive", null],
      ["listeners:many.json#b", "payments/many", "strict", null],
      ["listeners:many.json#c", "payments/many", "off", expect.stringContaining("would leave no way in")],
      ["listeners:many.json#a", "payments/many", "oneWay", expect.stringContaining("would leave no way in")],
    ]);
    expect(found[0]).toMatchObject({ location: "listeners/ledger.yaml", proxies: ["one"], owner: { kind: "human" } });
    expect(found[1]?.location).toBe("listeners/many.json (d)");
  });

  it("shows files that cannot be looked into with their problem, and never throws", async () => {
    const content: Record<string, string | Buffer> = {
      "half.yaml": LEDGER_YAML.slice(0, LEDGER_YAML.indexOf("127.0.0.1")),
      "huge.yaml": "#".repeat(1024 * 1024 + 1),
      "latin.yaml": Buffer.from([0x61, 0x3a, 0x20, 0xe9]),
      "secret.yaml": LEDGER_YAML.replace("team payments.", KEY),
      "notes.txt": "x",
      "ledger.yaml.weft-tmp-0123456789abcdef": "x",
    };
    for (const [name, text] of Object.entries(content)) await writeFile(join(listenersDir, name), text);
    await symlink(file, join(listenersDir, "link.yaml"));
    await mkdir(join(listenersDir, "folder.json"));
    const found = await objects(targetOf(createFakeProxies({ one: reader() })));
    expect(Object.fromEntries(found.map(({ id, problem }) => [id, problem]))).toEqual({
      [OBJECT]: null,
      "listeners:half.yaml#": expect.stringContaining("The file is not valid YAML: line 7"),
      "listeners:huge.yaml#": "The file is larger than 1 MiB, which Weft does not read.",
      "listeners:latin.yaml#": "The file is not UTF-8 text.",
      "listeners:secret.yaml#": expect.stringContaining("holds a private key"),
      "listeners:link.yaml#": "The file is a symbolic link, which Weft does not write through.",
      "listeners:folder.json#": "This is not a regular file.",
    });
    expect(
      found.filter((one) => one.problem !== null).every((one) => one.demand === "unknown" && one.workload.startsWith("unknown/")),
    ).toBe(true);
  });

  it("tells a folder that is not there", async () => {
    await rm(listenersDir, { recursive: true });
    expect(errorOf(await targetOf(createFakeProxies({})).objects())).toMatchObject({
      code: "SOURCE_UNREACHABLE",
      message: expect.stringContaining("does not exist"),
    });
  });

  it.each<[string, Record<string, Partial<FakeProxy>>, string]>([
    ["nobody reads", {}, "No proxy is known to read listeners/ledger.yaml."],
    [
      "several workloads read",
      { one: {}, two: { service: "bank" } },
      "is read by proxies of several workloads (payments/bank, payments/ledger)",
    ],
    [
      "one workload reads only in part",
      { one: {}, two: { reads: "/elsewhere/ledger.yaml" }, six: { reads: null } },
      "six and two of the same workload take their listeners from elsewhere",
    ],
  ])("refuses a file that %s, and prepares nothing of it", async (_, proxies, words) => {
    const mesh = createFakeProxies(Object.fromEntries(Object.entries(proxies).map(([id, proxy]) => [id, reader(proxy)])));
    const target = targetOf(mesh);
    expect((await objects(target))[0]?.problem).toContain(words);
    expect(errorOf(await draft(target))).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining(words) });
  });

  it("knows its own writing, also without its memory, and a later edit of it as somebody else's", async () => {
    const mesh = createFakeProxies({ one: reader() });
    const target = targetOf(mesh, { findChange: (marker) => `change of ${marker}` });
    valueOf(await target.apply(valueOf(await draft(target)).write));
    const own = { kind: "weft", changeId: "change of weft-1" };
    expect((await objects(target))[0]).toMatchObject({ demand: "strict", owner: own });
    expect((await objects(targetOf(mesh, { findChange: (marker) => `change of ${marker}` })))[0]?.owner).toMatchObject(own);
    await replaceBy((await readFile(file, "utf8")).replace("# The mesh.", "# The mesh!"));
    expect((await objects(target))[0]?.owner.kind).toBe("human");
  });

  it("says which proxies it never reached, and counts them as affected", async () => {
    const target = targetOf(createFakeProxies({ one: reader(), mute: reader({ down: REFUSED }) }));
    const answer = valueOf(await target.objects());
    expect(answer.coverage).toBe("partial");
    expect(answer.notices.map((notice) => notice.text)).toEqual(["Which listeners mute takes is not known: never reached so far."]);
    expect(valueOf(await draft(target)).write.proxies).toEqual(["one", "mute"]);
    expect(await toldOf(target)).toEqual([
      NO_BINARY,
      "proxies, unknown: Whether mute takes this listener is not known: never reached so far",
    ]);
  });
});

describe("prepare", () => {
  it("takes out the plaintext chain, and writes nothing", async () => {
    const answer = valueOf(await draft(targetOf(createFakeProxies({ one: reader() }))));
    expect(answer).toMatchObject({ after: "strict", object: { id: OBJECT, demand: "permissive" } });
    expect(answer.write).toMatchObject({
      before: LEDGER_YAML,
      after: LEDGER_YAML.replace('"1"', '"weft-1"').replace(PLAINTEXT_LINES, ""),
      expects: { kind: "demand", listener: "inbound", demand: "strict", leaving: ["http.inbound_plain"] },
    });
    expect(await readFile(file, "utf8")).toBe(LEDGER_YAML);
    expect(await readdir(listenersDir)).toEqual(["ledger.yaml"]);
  });

  it("does not make strict what is, and knows no other object", async () => {
    await replaceBy(LEDGER_YAML.replace(PLAINTEXT_LINES, ""));
    const target = targetOf(createFakeProxies({ one: reader() }));
    expect(errorOf(await draft(target))).toMatchObject({ code: "INVALID", field: "demand" });
    for (const objectId of [
      "listeners:ledger.yaml#outbound_bank",
      "listeners:none.yaml#inbound",
      "other:ledger.yaml#inbound",
      "listeners:../x.yaml#inbound",
    ])
      expect(errorOf(await target.prepare({ objectId, want: { demand: "strict" }, marker: "weft-1" })).code).toBe("NOT_FOUND");
  });

  it.each<[string, string, string]>([
    ["cannot be read", "a: [", "cannot be put back. The file is not valid YAML"],
    ["holds a key", LEDGER_YAML.replace("team payments.", KEY), "holds a private key"],
    ["has not this listener", LEDGER_YAML.replace("name: inbound\n", "name: other\n"), "has no listener inbound"],
    ["is as it stands", LEDGER_YAML.replace('"1"', '"9"'), "There is nothing to put back"],
  ])("does not put back a text that %s", async (_, restore, words) => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    expect(errorOf(await draft(target, { restore }))).toMatchObject({
      code: "INVALID",
      field: "restore",
      message: expect.stringContaining(words),
    });
  });

  it("puts back an earlier text with nothing but the marker changed", async () => {
    const strict = LEDGER_YAML.replace(PLAINTEXT_LINES, "");
    await replaceBy(strict);
    const target = targetOf(createFakeProxies({ one: reader({ text: strict }) }));
    const { write, after } = valueOf(await draft(target, { restore: LEDGER_YAML }));
    expect(after).toBe("permissive");
    expect(write.after).toBe(LEDGER_YAML.replace('"1"', '"weft-1"'));
    expect(write.expects).toMatchObject({ demand: "permissive", leaving: [] });
    expect(await toldOf(target, { restore: LEDGER_YAML })).toEqual([
      "demand, note: 1 of 2 filter chains comes back; the listener is then permissive",
      NO_BINARY,
    ]);
  });
});

describe("checks", () => {
  it("fail for a chain that would never be found, and for a folder that cannot be written", async () => {
    await replaceBy(LEDGER_YAML.replaceAll("tls_inspector", "http_inspector").replace("TlsInspector", "HttpInspector"));
    const target = targetOf(createFakeProxies({ one: reader() }), { fs: { ...nodeFs, access: () => failing("EROFS") } });
    expect(await toldOf(target)).toEqual([
      "inspector, fail: Its filter chain for TLS is only found with the listener filter tls_inspector, which is missing: everybody would be refused",
      NO_BINARY,
      "writable, fail: listeners/ledger.yaml could not be written: the folder is mounted read-only (EROFS). The old file is whole.",
    ]);
  });

  it("tell proxies that do not answer, and those that do not run what the file says", async () => {
    const mesh = createFakeProxies({ one: reader({ text: LEDGER_YAML.replace(PLAINTEXT_LINES, "") }), two: reader() });
    const target = targetOf(mesh, { memoryFile: join(folder, "memory.json") });
    await target.objects();
    const two = mesh.proxies["two"];
    if (two !== undefined) two.down = REFUSED;
    const later = targetOf(mesh, { memoryFile: join(folder, "memory.json") });
    expect(valueOf(await draft(later)).write.proxies).toEqual(["one", "two"]);
    expect(await toldOf(later)).toEqual([
      NO_BINARY,
      expect.stringMatching(/^proxies, warn: two takes this listener but cannot be asked now\. Nothing listens/),
      "in-step, warn: one does not run what listeners/ledger.yaml says now. Its version 1 is strict, the file permissive.",
    ]);
  });

  it("warn of a file of several workloads when an earlier text comes back, and of a reader without a name", async () => {
    const strict = LEDGER_YAML.replace(PLAINTEXT_LINES, "");
    await replaceBy(strict);
    const of = (service: string): Partial<FakeProxy> => reader({ service, text: strict });
    const target = targetOf(createFakeProxies({ one: of("ledger"), two: of("bank"), six: of("") }));
    expect((await toldOf(target, { restore: LEDGER_YAML })).filter((told) => told.startsWith("shared"))).toEqual([
      "shared, warn: listeners/ledger.yaml is read by proxies of several workloads: payments/bank, payments/ledger",
      "shared, unknown: Which workload six belongs to is not known",
    ]);
  });

  it("fail when something else of the file would be taken back too", async () => {
    await replaceBy(
      LEDGER_YAML.replace(PLAINTEXT_LINES, "").replace("filter_chains: [{ filters: [] }]", "filter_chains: [{ filters: [{ name: x }] }]"),
    );
    const target = targetOf(createFakeProxies({ one: reader() }));
    expect(await toldOf(target, { restore: LEDGER_YAML })).toContain(
      "others, fail: listeners/ledger.yaml was changed elsewhere since: outbound_bank would be taken back too",
    );
  });

  it("fail when the file changes while it is checked", async () => {
    const mesh = createFakeProxies({ one: reader() });
    const admin: typeof mesh.admin = (address) => ({
      ...mesh.admin(address),
      async listenersVersion() {
        await replaceBy(LEDGER_YAML.replace("# The mesh.", "# Somebody was here."));
        return await mesh.admin(address).listenersVersion();
      },
    });
    expect(await toldOf(targetOf({ ...mesh, admin }))).toContain(
      "unchanged, fail: listeners/ledger.yaml was changed by someone else while this was checked",
    );
  });
});

describe("writing", () => {
  it("does not write over what somebody else wrote, and shows what is there", async () => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    const { write } = valueOf(await draft(target));
    const theirs = LEDGER_YAML.replace("# The mesh.", "# Ours.");
    await replaceBy(theirs);
    expect(errorOf(await target.apply(write)).code).toBe("CONFLICT");
    expect(await readFile(file, "utf8")).toBe(theirs);
    expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: { before: LEDGER_YAML, after: theirs } });
  });

  it("shows no text of somebody else in which a key stands", async () => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    const { write } = valueOf(await draft(target));
    for (const theirs of [
      LEDGER_YAML.replace("team payments.", KEY),
      `${LEDGER_YAML}\nx: { private_key: { inline_string: abc } }\n`,
      `a: [\n# ${KEY}`,
    ]) {
      await replaceBy(theirs);
      expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: null });
    }
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      "a link in its place",
      async () => {
        await rename(file, join(folder, "real.yaml"));
        await symlink(join(folder, "real.yaml"), file);
      },
      "CONFLICT",
    ],
    ["no file any more", () => rm(file), "CONFLICT"],
    ["half of a file", () => writeFile(file, LEDGER_YAML.slice(0, 200)), "CONFLICT"],
  ])("refuses %s", async (_, spoil, code) => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    const { write } = valueOf(await draft(target));
    await spoil();
    expect(errorOf(await target.apply(write)).code).toBe(code);
  });

  it("knows nothing of a file that cannot be read", async () => {
    const mesh = createFakeProxies({ one: reader() });
    const { write } = valueOf(await draft(targetOf(mesh)));
    const target = targetOf(mesh, { fs: { ...nodeFs, open: () => failing("EACCES") } });
    expect(errorOf(await target.standing(write)).code).toBe("SOURCE_UNREACHABLE");
    expect((await objects(target))[0]).toMatchObject({ demand: "unknown", problem: "The file cannot be read (EACCES)." });
  });

  it("refuses writes that lead out of its folder or belong to another target", async () => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    const { write } = valueOf(await draft(target));
    for (const objectId of ["listeners:../ledger.yaml#inbound", "listeners:ledger.txt#inbound", "routes:ledger.yaml#inbound"])
      expect(errorOf(await target.apply({ ...write, objectId })).code).toBe("NOT_FOUND");
  });

  it("sweeps what a killed process left, and nothing younger", async () => {
    const old = join(listenersDir, "ledger.yaml.weft-tmp-0123456789abcdef");
    await writeFile(old, "x");
    await utimes(old, 0, 0);
    await writeFile(join(listenersDir, "ledger.yaml.weft-tmp-0123456789abcdee"), "x");
    expect(await targetOf(createFakeProxies({})).sweep()).toEqual(["ledger.yaml.weft-tmp-0123456789abcdef"]);
  });
});

describe("verify", () => {
  const gauge = "http.inbound_plain.downstream_cx_active";

  it("is pending, then pending for what is open, then live", async () => {
    const { write, one, ask } = await applied();
    expect(await ask()).toEqual(["pending", "It still runs version 1."]);
    one.text = write.after;
    one.open = { [gauge]: 2, "listener_manager.total_filter_chains_draining": 1 };
    expect(await ask()).toEqual(["pending", "2 connections of the old plaintext listener are still open."]);
    one.open = { [gauge]: 0, "listener_manager.total_filter_chains_draining": 1 };
    expect((await ask())[0]).toBe("pending");
    one.open = {};
    expect(await ask()).toEqual(["live", null]);
    one.text = write.after.replace("weft-1", "by-hand");
    expect(await ask()).toEqual(["pending", "It still runs version by-hand."]);
  });

  it("asks what is open only after the proxy showed the new listener", async () => {
    const mesh = createFakeProxies({ one: reader() });
    const asked: string[] = [];
    const admin: typeof mesh.admin = (address) => {
      const real = mesh.admin(address);
      return {
        ...real,
        async stats(filter) {
          if (filter.includes("draining")) asked.push(mesh.proxies["one"]?.text.includes("weft-1") === true ? "after" : "before");
          return await real.stats(filter);
        },
      };
    };
    const target = targetOf({ ...mesh, admin });
    const { write } = valueOf(await draft(target));
    await target.verify(write, {});
    expect(asked).toEqual([]);
    const one = mesh.proxies["one"];
    if (one !== undefined) one.text = write.after;
    await target.verify(write, {});
    expect(asked).toEqual(["after"]);
  });

  it.each<[string, Partial<FakeProxy>, string]>([
    ["rejected", { rejected: 4 }, "update_rejected rose by 1"],
    ["failed", { failed: 1 }, "update_failure rose by 1"],
    ["rejected after a restart", { rejected: 1, startedAt: "2026-01-02T00:00:00.000Z" }, "update_rejected rose by 1"],
  ])("tells a file that was %s", async (_, now, words) => {
    const { one, ask } = await applied({ rejected: 3 });
    Object.assign(one, now);
    const [state, reason] = await ask();
    expect([state, reason?.includes(words)]).toEqual(["rejected", true]);
  });

  it("leaves out a proxy that turned out to read another file, and names one that left the directory", async () => {
    const mesh = createFakeProxies({ one: reader(), mute: reader({ down: REFUSED, reads: "/elsewhere.yaml" }) });
    const target = targetOf(mesh, { clock: { nowMs: () => 0, monotonicMs: () => (now += 2_000) } });
    let now = 0;
    const { write } = valueOf(await draft(target));
    const baseline = await target.baseline(write);
    expect(Object.keys(baseline)).toEqual(["one", "mute"]);
    const told = async () => (await target.verify(write, baseline)).map((proof) => [proof.id, proof.state]);
    expect(await told()).toEqual([
      ["one", "pending"],
      ["mute", "unreachable"],
    ]);
    const { mute } = mesh.proxies;
    if (mute !== undefined) mute.down = null;
    await target.objects();
    await draft(target);
    expect(await told()).toEqual([["one", "pending"]]);
    delete mesh.proxies["one"];
    expect(await told()).toEqual([["one", "unreachable"]]);
  });

  it("throws at a write that is not about a demand", async () => {
    const target = targetOf(createFakeProxies({ one: reader() }));
    const { write } = valueOf(await draft(target));
    const other = { ...write, expects: { kind: "weights" as const, ruleId: "r", weights: {} } };
    await expect(target.verify(other, {})).rejects.toThrow("changes no demand");
  });
});
