import * as nodeFs from "node:fs/promises";
import { readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { errorOf, valueOf } from "#lib/testing/results.ts";

import { draft, KEY, objects, useDemandDesk } from "./testing/demand-desk.ts";
import { createFakeProxies, REFUSED, type FakeProxy } from "./testing/fake-proxies.ts";
import { LEDGER_YAML } from "./testing/listener-texts.ts";

const desk = useDemandDesk();

async function failing(code: string): Promise<never> {
  throw Object.assign(new Error("no"), { code });
}

/** A target whose one proxy is about to take a strict text. */
async function applied(proxy: Partial<FakeProxy> = {}) {
  const mesh = createFakeProxies({ one: desk.reader(proxy) });
  const target = desk.targetOf(mesh);
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

describe("writing", () => {
  it("does not write over what somebody else wrote, and shows what is there", async () => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    const { write } = valueOf(await draft(target));
    const theirs = LEDGER_YAML.replace("# The mesh.", "# Ours.");
    await desk.replaceBy(theirs);
    expect(errorOf(await target.apply(write)).code).toBe("CONFLICT");
    expect(await readFile(desk.file, "utf8")).toBe(theirs);
    expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: { before: LEDGER_YAML, after: theirs } });
  });

  it("shows no text of somebody else in which a key stands", async () => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    const { write } = valueOf(await draft(target));
    for (const theirs of [
      LEDGER_YAML.replace("team payments.", KEY),
      `${LEDGER_YAML}\nx: { private_key: { inline_string: abc } }\n`,
      `a: [\n# ${KEY}`,
    ]) {
      await desk.replaceBy(theirs);
      expect(valueOf(await target.standing(write))).toMatchObject({ at: "foreign", diff: null });
    }
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      "a link in its place",
      async () => {
        await rename(desk.file, join(desk.folder, "real.yaml"));
        await symlink(join(desk.folder, "real.yaml"), desk.file);
      },
      "CONFLICT",
    ],
    ["no file any more", () => rm(desk.file), "CONFLICT"],
    ["half of a file", () => writeFile(desk.file, LEDGER_YAML.slice(0, 200)), "CONFLICT"],
  ])("refuses %s", async (_, spoil, code) => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    const { write } = valueOf(await draft(target));
    await spoil();
    expect(errorOf(await target.apply(write)).code).toBe(code);
  });

  it("knows nothing of a file that cannot be read", async () => {
    const mesh = createFakeProxies({ one: desk.reader() });
    const { write } = valueOf(await draft(desk.targetOf(mesh)));
    const target = desk.targetOf(mesh, { fs: { ...nodeFs, open: () => failing("EACCES") } });
    expect(errorOf(await target.standing(write)).code).toBe("SOURCE_UNREACHABLE");
    expect((await objects(target))[0]).toMatchObject({ demand: "unknown", problem: "The file cannot be read (EACCES)." });
  });

  it("refuses writes that lead out of its folder or belong to another target", async () => {
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    const { write } = valueOf(await draft(target));
    for (const objectId of ["listeners:../ledger.yaml#inbound", "listeners:ledger.txt#inbound", "routes:ledger.yaml#inbound"])
      expect(errorOf(await target.apply({ ...write, objectId })).code).toBe("NOT_FOUND");
  });

  it("sweeps what a killed process left, and nothing younger", async () => {
    const old = join(desk.listenersDir, "ledger.yaml.weft-tmp-0123456789abcdef");
    await writeFile(old, "x");
    await utimes(old, 0, 0);
    await writeFile(join(desk.listenersDir, "ledger.yaml.weft-tmp-0123456789abcdee"), "x");
    expect(await desk.targetOf(createFakeProxies({})).sweep()).toEqual(["ledger.yaml.weft-tmp-0123456789abcdef"]);
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
    const mesh = createFakeProxies({ one: desk.reader() });
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
    const target = desk.targetOf({ ...mesh, admin });
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

  it("leaves out a proxy that turned out to read another desk.file, and names one that left the directory", async () => {
    const mesh = createFakeProxies({ one: desk.reader(), mute: desk.reader({ down: REFUSED, reads: "/elsewhere.yaml" }) });
    const target = desk.targetOf(mesh, { clock: { nowMs: () => 0, monotonicMs: () => (now += 2_000) } });
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
    const target = desk.targetOf(createFakeProxies({ one: desk.reader() }));
    const { write } = valueOf(await draft(target));
    const other = { ...write, expects: { kind: "weights" as const, ruleId: "r", weights: {} } };
    await expect(target.verify(other, {})).rejects.toThrow("changes no demand");
  });
});
