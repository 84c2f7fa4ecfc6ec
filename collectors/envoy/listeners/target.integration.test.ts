import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

import type { DemandAnswer, DemandDraft, DemandTarget } from "#lib/ports/demand-target.ts";
import { valueOf } from "#lib/testing/results.ts";

import { revisionOf } from "../files/config-folder.ts";
import { apply, untilProven } from "../files/testing/proving.ts";
import { allChains } from "./chains.ts";
import { startListenerMesh, type Caller, type ListenerMesh } from "./testing/test-mesh.ts";

const OBJECT = "listeners:ledger.yaml#inbound";

let mesh: ListenerMesh;

afterEach(async () => {
  await mesh.close();
});

async function open(ids: readonly string[] = ["ledger-1"]): Promise<DemandTarget> {
  mesh = await startListenerMesh(ids);
  return mesh.target();
}

async function prepare(target: DemandTarget, marker = "weft-1", want: DemandDraft["want"] = { demand: "strict" }): Promise<DemandAnswer> {
  return valueOf(await target.prepare({ objectId: OBJECT, want, marker }));
}

/** Plaintext chains of the listener, and connections that stand on them, as the proxy itself tells without any of the prover's code. */
async function plaintextOf(id: string): Promise<{ chains: number; connections: number }> {
  const [entry] = valueOf(await mesh.admin(id).config("dynamic_listeners"));
  const stats = valueOf(await mesh.admin(id).stats("^http\\.inbound_plain\\.downstream_cx_active$"));
  const chains = entry?.active_state === undefined ? [] : allChains(entry.active_state.listener);
  const connections = stats.get("http.inbound_plain.downstream_cx_active") ?? 0;
  return { chains: chains.filter((one) => one.transport === "plaintext").length, connections };
}

/** A caller with a certificate that never stops calling, on one connection and on new ones; ends with all that it was told. */
function keepCalling(id: string): { stop(): Promise<Map<number | null, number>> } {
  const told = new Map<number | null, number>();
  const ending = new AbortController();
  const note = (status: number | null): void => void told.set(status, (told.get(status) ?? 0) + 1);
  const run = async (): Promise<void> => {
    const standing = await mesh.dial(id, "mutual");
    while (!ending.signal.aborted) {
      note(await standing.ask());
      const fresh = await mesh.dial(id, "mutual");
      note(await fresh.ask());
      fresh.close();
    }
    standing.close();
  };
  const running = run();
  // Told by `stop`; a test that fails before it closes the proxies under this caller.
  running.catch(() => undefined);
  return {
    async stop() {
      ending.abort();
      await running;
      return told;
    },
  };
}

async function askOnce(id: string, how: "mutual" | "plaintext"): Promise<number | null> {
  const caller: Caller = await mesh.dial(id, how);
  const status = await caller.ask();
  caller.close();
  return status;
}

describe("STRICT on real Envoys", () => {
  it("is live only once the last old connection is gone, refuses nobody with a certificate, and is undone", async () => {
    const target = await open(["ledger-1", "ledger-2"]);
    const text = await mesh.text();
    const legacy = await mesh.dial("ledger-1", "plaintext");
    expect(await legacy.ask()).toBe(200);
    const payments = keepCalling("ledger-1");

    const { write, checks, object } = await prepare(target);
    expect(object).toMatchObject({ workload: "payments/ledger", demand: "permissive", proxies: ["ledger-1", "ledger-2"], problem: null });
    expect(checks.map((check) => `${check.code}: ${check.level}`)).toEqual([
      "demand: pass",
      "inspector: pass",
      "shared: pass",
      "dry-run: pass",
      "proxies: pass",
      "unchanged: pass",
      "writable: pass",
    ]);
    expect(write.expects).toEqual({ kind: "demand", listener: "inbound", demand: "strict", leaving: ["http.inbound_plain"] });
    const baseline = await apply(target, write);
    // Its chains drain as well, but nobody is on them.
    const [held] = await untilProven(target, write, baseline, { "ledger-1": "pending", "ledger-2": "live" }, /still open/);
    expect(held).toMatchObject({ revision: "weft-1", reason: "1 connection of the old plaintext listener is still open." });
    expect(await plaintextOf("ledger-1")).toEqual({ chains: 0, connections: 1 });
    await untilProven(target, write, baseline, { "ledger-1": "live", "ledger-2": "live" });
    expect(await plaintextOf("ledger-1")).toEqual({ chains: 0, connections: 0 });
    expect(await legacy.ask()).toBeNull();
    expect(await askOnce("ledger-1", "plaintext")).toBeNull();
    expect(await askOnce("ledger-2", "mutual")).toBe(200);

    const undo = await prepare(target, "weft-2", { restore: write.before });
    expect(undo.checks.filter((check) => check.level === "fail")).toEqual([]);
    await untilProven(target, undo.write, await apply(target, undo.write), { "ledger-1": "live", "ledger-2": "live" });
    expect(await mesh.text()).toBe(text.replace('version_info: "1"', 'version_info: "weft-2"'));
    expect(await askOnce("ledger-1", "plaintext")).toBe(200);
    const told = await payments.stop();
    expect([...told.keys()]).toEqual([200]);
    expect(told.get(200)).toBeGreaterThan(10);
  });

  it.each<[string, (text: string) => string, string, RegExp]>([
    [
      "a chain that Envoy does not take",
      (text) => text.replace("transport_protocol: tls", "prefix_ranges: [{ address_prefix: nowhere }]"),
      "update_rejected rose by 1",
      /A dry run says: .*nowhere/,
    ],
    [
      "a broken file",
      (text) => text.slice(0, text.indexOf("stat_prefix")).concat("{"),
      "update_failure rose by 1",
      /A dry run says: The file is not/,
    ],
  ])("with %s is told as refused, and the old file put back holds", async (_, spoil, counters, hint) => {
    const target = await open();
    const text = await mesh.text();
    const good = (await prepare(target)).write;
    const after = spoil(good.after);
    expect(after).not.toBe(good.after);
    const bad = { ...good, after, revisionAfter: revisionOf(after) };
    const baseline = await apply(target, bad);
    const [proof] = await untilProven(target, bad, baseline, { "ledger-1": "rejected" });
    expect(proof?.reason).toContain(`It refused the new file (${counters}) and keeps what it had`);
    expect(proof?.reason).toMatch(hint);
    expect(await askOnce("ledger-1", "plaintext")).toBe(200);
    valueOf(await target.restore(bad));
    expect(await mesh.text()).toBe(text);
    const next = (await prepare(target, "weft-2")).write;
    await untilProven(target, next, await apply(target, next), { "ledger-1": "live" });
  });

  it("keeps a dead proxy among the affected after a restart of Weft, and proves it after its own", async () => {
    mesh = await startListenerMesh(["ledger-1", "ledger-2"]);
    const memoryFile = join(mesh.listenersDir, "..", "memory.json");
    const before = mesh.target({ memoryFile });
    const first = (await prepare(before)).write;
    await untilProven(before, first, await apply(before, first), { "ledger-1": "live", "ledger-2": "live" });
    await mesh.kill("ledger-2");
    const later = mesh.target({ memoryFile });
    const { write, object, checks } = await prepare(later, "weft-2", { restore: first.before });
    expect(object).toMatchObject({ owner: { kind: "weft" }, workload: "payments/ledger", demand: "strict" });
    expect(checks.filter((check) => check.level === "warn").map((check) => check.text)).toEqual([
      expect.stringMatching(/^ledger-2 takes this listener but cannot be asked now\. Nothing listens at its admin address/),
    ]);
    const baseline = await apply(later, write);
    expect(baseline["ledger-2"]).toBeNull();
    await untilProven(later, write, baseline, { "ledger-1": "live", "ledger-2": "unreachable" });
    await mesh.start("ledger-2");
    await untilProven(later, write, baseline, { "ledger-1": "live", "ledger-2": "live" });
  });
});
