import * as nodeFs from "node:fs/promises";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import type { DemandDraft } from "#lib/ports/demand-target.ts";
import { errorOf, valueOf } from "#lib/testing/results.ts";

import type { EnvoyDemandTarget } from "./target.ts";
import { draft, KEY, OBJECT, objects, useDemandDesk } from "./testing/demand-desk.ts";
import { createFakeProxies, REFUSED, type FakeProxy } from "./testing/fake-proxies.ts";
import { chainOf, fileOf, LEDGER_YAML, listenerOf, PLAINTEXT_LINES } from "./testing/listener-texts.ts";

const desk = useDemandDesk();

async function toldOf(target: EnvoyDemandTarget, want?: DemandDraft["want"]): Promise<string[]> {
  const { checks } = valueOf(await draft(target, want));
  return checks.filter((check) => check.level !== "pass").map((check) => `${check.code}, ${check.level}: ${check.text}`);
}

const NO_BINARY = "dry-run, unknown: Envoy's own dry run was not made: no Envoy binary is at hand here";

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
    await writeFile(join(desk.listenersDir, "many.json"), JSON.stringify(fileOf(listeners)));
    const mesh = createFakeProxies({
      one: desk.reader(),
      two: desk.reader({ service: "many", reads: join(desk.listenersDir, "many.json") }),
    });
    const found = await objects(desk.targetOf(mesh));
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
    for (const [name, text] of Object.entries(content)) await writeFile(join(desk.listenersDir, name), text);
    await symlink(desk.file, join(desk.listenersDir, "link.yaml"));
    await mkdir(join(desk.listenersDir, "folder.json"));
    const found = await objects(desk.targetOf(createFakeProxies({ one: desk.reader() })));
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
    await rm(desk.listenersDir, { recursive: true });
    expect(errorOf(await desk.targetOf(createFakeProxies({})).objects())).toMatchObject({
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
    const mesh = createFakeProxies(Object.fromEntries(Object.entries(proxies).map(([id, proxy]) => [id, desk.reader(proxy)])));
    const target = desk.targetOf(mesh);
    expect((await objects(target))[0]?.problem).toContain(words);
    expect(errorOf(await draft(target))).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining(words) });
  });

  it("knows its own writing, also without its memory, and a later edit of it as somebody else's", async () => {
    const mesh = createFakeProxies({ one: desk.reader() });
    const target = desk.targetOf(mesh, { findChange: (marker) => `change of ${marker}` });
    valueOf(await target.apply(valueOf(await draft(target)).write));
    const own = { kind: "weft", changeId: "change of weft-1" };
    expect((await objects(target))[0]).toMatchObject({ demand: "strict", owner: own });
    expect((await objects(desk.targetOf(mesh, { findChange: (marker) => `change of ${marker}` })))[0]?.owner).toMatchObject(own);
    await desk.replaceBy((await readFile(desk.file, "utf8")).replace("# The mesh.", "# The mesh!"));
    expect((await objects(target))[0]?.owner.kind).toBe("human");
  });

  it("says which proxies it never reached, and counts them as affected", async () => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader(), mute: desk.reader({ down: REFUSED }) }));
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
    const answer = valueOf(await draft(desk.targetOf(createFakeProxies({ one: desk.reader() }))));
    expect(answer).toMatchObject({ after: "strict", object: { id: OBJECT, demand: "permissive" } });
    expect(answer.write).toMatchObject({
      before: LEDGER_YAML,
      after: LEDGER_YAML.replace('"1"', '"weft-1"').replace(PLAINTEXT_LINES, ""),
      expects: { kind: "demand", listener: "inbound", demand: "strict", leaving: ["http.inbound_plain"] },
    });
    expect(await readFile(desk.file, "utf8")).toBe(LEDGER_YAML);
    expect(await readdir(desk.listenersDir)).toEqual(["ledger.yaml"]);
  });

  it("does not make strict what is, and knows no other object", async () => {
    await desk.replaceBy(LEDGER_YAML.replace(PLAINTEXT_LINES, ""));
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    expect(errorOf(await draft(target))).toMatchObject({ code: "INVALID", field: "demand" });
    for (const objectId of [
      "listeners:ledger.yaml#outbound_bank",
      "listeners:none.yaml#inbound",
      "other:ledger.yaml#inbound",
      "listeners:../x.yaml#inbound",
    ])
      expect(errorOf(await target.prepare({ objectId, want: { demand: "strict" }, marker: "weft-1" })).code).toBe("NOT_FOUND");
  });

  it("says of a file that broke since what is wrong with it, and the listing says so too", async () => {
    await desk.replaceBy("a: [");
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    expect(errorOf(await draft(target))).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("not valid YAML") });
    const listing = await target.objects();
    expect(listing).toMatchObject({ ok: true, value: { coverage: "partial", notices: [{ level: "warning", code: "listener-file" }] } });
  });

  it.each<[string, string, string]>([
    ["cannot be read", "a: [", "cannot be put back. The file is not valid YAML"],
    ["holds a key", LEDGER_YAML.replace("team payments.", KEY), "holds a private key"],
    ["has not this listener", LEDGER_YAML.replace("name: inbound\n", "name: other\n"), "has no listener inbound"],
    ["is as it stands", LEDGER_YAML.replace('"1"', '"9"'), "There is nothing to put back"],
  ])("does not put back a text that %s", async (_, restore, words) => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    expect(errorOf(await draft(target, { restore }))).toMatchObject({
      code: "INVALID",
      field: "restore",
      message: expect.stringContaining(words),
    });
  });

  it("puts back an earlier text with nothing but the marker changed", async () => {
    const strict = LEDGER_YAML.replace(PLAINTEXT_LINES, "");
    await desk.replaceBy(strict);
    const target = desk.targetOf(createFakeProxies({ one: desk.reader({ text: strict }) }));
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
    await desk.replaceBy(LEDGER_YAML.replaceAll("tls_inspector", "http_inspector").replace("TlsInspector", "HttpInspector"));
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }), { fs: { ...nodeFs, access: () => failing("EROFS") } });
    expect(await toldOf(target)).toEqual([
      "inspector, fail: Its filter chain for TLS is only found with the listener filter tls_inspector, which is missing: everybody would be refused",
      NO_BINARY,
      "writable, fail: listeners/ledger.yaml could not be written: the folder is mounted read-only (EROFS). The old file is whole.",
    ]);
  });

  it("tell proxies that do not answer, and those that do not run what the file says", async () => {
    const mesh = createFakeProxies({ one: desk.reader({ text: LEDGER_YAML.replace(PLAINTEXT_LINES, "") }), two: desk.reader() });
    const target = desk.targetOf(mesh, { memoryFile: join(desk.folder, "memory.json") });
    await target.objects();
    const two = mesh.proxies["two"];
    if (two !== undefined) two.down = REFUSED;
    const later = desk.targetOf(mesh, { memoryFile: join(desk.folder, "memory.json") });
    expect(valueOf(await draft(later)).write.proxies).toEqual(["one", "two"]);
    expect(await toldOf(later)).toEqual([
      NO_BINARY,
      expect.stringMatching(/^proxies, warn: two takes this listener but cannot be asked now\. Nothing listens/),
      "in-step, warn: one does not run what listeners/ledger.yaml says now. Its version 1 is strict, the file permissive.",
    ]);
  });

  it("warn of a file of several workloads when an earlier text comes back, and of a reader without a name", async () => {
    const strict = LEDGER_YAML.replace(PLAINTEXT_LINES, "");
    await desk.replaceBy(strict);
    const of = (service: string): Partial<FakeProxy> => desk.reader({ service, text: strict });
    const target = desk.targetOf(createFakeProxies({ one: of("ledger"), two: of("bank"), six: of("") }));
    expect((await toldOf(target, { restore: LEDGER_YAML })).filter((told) => told.startsWith("shared"))).toEqual([
      "shared, warn: listeners/ledger.yaml is read by proxies of several workloads: payments/bank, payments/ledger",
      "shared, unknown: Which workload six belongs to is not known",
    ]);
  });

  it("fail when something else of the file would be taken back too", async () => {
    await desk.replaceBy(
      LEDGER_YAML.replace(PLAINTEXT_LINES, "").replace("filter_chains: [{ filters: [] }]", "filter_chains: [{ filters: [{ name: x }] }]"),
    );
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    expect(await toldOf(target, { restore: LEDGER_YAML })).toContain(
      "others, fail: listeners/ledger.yaml was changed elsewhere since: outbound_bank would be taken back too",
    );
  });

  it("fail when the file changes while it is checked", async () => {
    const mesh = createFakeProxies({ one: desk.reader() });
    const admin: typeof mesh.admin = (address) => ({
      ...mesh.admin(address),
      async listenersVersion() {
        await desk.replaceBy(LEDGER_YAML.replace("# The mesh.", "# Somebody was here."));
        return await mesh.admin(address).listenersVersion();
      },
    });
    expect(await toldOf(desk.targetOf({ ...mesh, admin }))).toContain(
      "unchanged, fail: listeners/ledger.yaml was changed by someone else while this was checked",
    );
  });
});
