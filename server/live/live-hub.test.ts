import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveEvents } from "#lib/contract/live.ts";
import { applyDelta } from "#lib/graph/diff-graph.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { sampleAt, START_MS, statusOf } from "#lib/testing/builders.ts";
import { recordOf } from "#lib/testing/change-builders.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";
import { LiveHub, type LiveReader, type LiveTopic } from "./live-hub.ts";

const TICK_MS = 2_000;

let weft: TestConsole;
let hub: LiveHub;
let errors: unknown[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  weft = await openConsole();
  errors = [];
  hub = new LiveHub(weft.runtime, (error) => errors.push(error));
});

afterEach(async () => {
  hub.close();
  vi.useRealTimers();
  await weft.close();
});

interface FakeReader extends LiveReader {
  events: { event: string; data: unknown }[];
  isClosed: boolean;
  isSlow: boolean;
  /** The graph that it would draw: its snapshot, with every delta since. */
  graph(): MeshGraph | null;
}

function readerOf(
  topics: readonly LiveTopic[] = ["graph", "changes", "sources"],
  namespaces: readonly string[] = [],
  windowMs = 60_000,
): FakeReader {
  const reader: FakeReader = {
    topics: new Set(topics),
    view: { windowMs, namespaces },
    events: [],
    isClosed: false,
    isSlow: false,
    send(event, data) {
      if (reader.isSlow) return false;
      reader.events.push({ event, data: JSON.parse(data) });
      return true;
    },
    close: () => void (reader.isClosed = true),
    graph() {
      let graph: MeshGraph | null = null;
      for (const { event, data } of reader.events) {
        if (event === "snapshot") graph = LiveEvents.snapshot.parse(data).graph?.value ?? null;
        if (event === "delta" && graph !== null) graph = applyDelta(graph, LiveEvents.delta.parse(data).value);
      }
      return graph;
    },
  };
  return reader;
}

function namesOf(reader: FakeReader): string[] {
  return reader.events.map(({ event }) => event);
}

/** Two seconds pass, and what they set off is done. */
async function tick(): Promise<void> {
  await weft.mesh.time.advance(TICK_MS);
  vi.advanceTimersByTime(TICK_MS);
  await weft.mesh.time.settle();
}

/** One call between two services of a namespace, told now. */
function call(namespace: string): void {
  const atS = (weft.mesh.time.clock.nowMs() - START_MS) / 1_000;
  weft.mesh.metrics.record(sampleAt(atS, { source: `${namespace}/a`, target: `${namespace}/b` }, { count: 1 }));
}

describe("a reader", () => {
  it("gets the whole view first, then what changed", async () => {
    weft.runtime.context.log.show(recordOf({ id: "1", state: "live" }));
    weft.runtime.context.log.show(recordOf({ id: "2", state: "refused" }));
    const reader = readerOf();
    await hub.join(reader);
    const snapshot = LiveEvents.snapshot.parse(reader.events[0]?.data);
    expect(snapshot.changes.map(({ id }) => id)).toEqual(["1"]);
    expect(snapshot.sources).toMatchObject([{ id: "fake-proxies" }]);
    expect(snapshot.graph?.value.nodes.map(({ id }) => id)).toEqual(["shop/catalog", "shop/frontend", "shop/reviews"]);
    call("bank");
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot", "delta", "source"]);
    const delta = LiveEvents.delta.parse(reader.events[1]?.data);
    expect(delta.value.edges.map(({ id }) => id)).toEqual(["bank/a|bank/b|http"]);
    expect(delta).toMatchObject({ coverage: "complete", provenance: [{ source: "fake-metrics" }, { source: "fake-topology" }] });
    expect(reader.graph()?.nodes.map(({ id }) => id)).toContain("bank/b");
  });

  it("is sent everything anew when a source was taken away, and keeps its graph", async () => {
    const stores = ["one", "two"].map((id) => ({ id, statuses: () => [statusOf({ id })] }));
    await weft.close();
    hub.close();
    weft = await openConsole({ stores: () => stores });
    hub = new LiveHub(weft.runtime, (error) => errors.push(error));
    const [reader, other] = [readerOf(), readerOf(["graph"])];
    await hub.join(reader);
    await hub.join(other);
    await tick();
    stores.shift();
    await tick();
    expect(namesOf(reader).filter((name) => name === "snapshot")).toHaveLength(2);
    const last = LiveEvents.snapshot.parse(reader.events.findLast(({ event }) => event === "snapshot")?.data);
    expect(last.sources.map(({ id }) => id)).toEqual(["fake-proxies", "two"]);
    expect(last.graph).not.toBeNull();
    expect(namesOf(other).filter((name) => name === "snapshot")).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it("hears of changes at once, and of sources when something about them changed", async () => {
    const reader = readerOf(["changes", "sources"]);
    await hub.join(reader);
    weft.runtime.context.log.show(recordOf({ id: "1", state: "accepted" }));
    expect(reader.events.at(-1)).toMatchObject({ event: "change", data: { id: "1", state: "accepted" } });
    await tick();
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot", "change", "source"]);
    weft.feed.set({ newestData: new Date(START_MS + 1_000).toISOString() });
    await tick();
    expect(namesOf(reader)).toHaveLength(3);
    weft.feed.set({ state: "down", lastError: "Nothing answers" });
    await tick();
    expect(LiveEvents.source.parse(reader.events.at(-1)?.data)).toMatchObject({ state: "down", lastError: "Nothing answers" });
  });

  it("hears only of what it asked for", async () => {
    const [graph, changes, sources, nothing] = [readerOf(["graph"]), readerOf(["changes"]), readerOf(["sources"]), readerOf([])];
    for (const reader of [graph, changes, sources, nothing]) await hub.join(reader);
    weft.runtime.context.log.show(recordOf());
    await tick();
    expect(namesOf(graph)).toEqual(["snapshot", "delta"]);
    expect(namesOf(changes)).toEqual(["snapshot", "change"]);
    expect(namesOf(sources)).toEqual(["snapshot", "source"]);
    expect(namesOf(nothing)).toEqual(["snapshot"]);
    expect(graph.events[0]?.data).toMatchObject({ changes: [], sources: [] });
    expect(changes.events[0]?.data).toMatchObject({ graph: null });
  });

  it("that is too slow is let go, and the others stay", async () => {
    const [slow, quick] = [readerOf(), readerOf()];
    await hub.join(slow);
    await hub.join(quick);
    slow.isSlow = true;
    await tick();
    expect([slow.isClosed, quick.isClosed, hub.size]).toEqual([true, false, 1]);
    expect(namesOf(quick)).toContain("delta");
  });

  it("that is gone hears nothing more, and nothing is worked out for nobody", async () => {
    const reader = readerOf();
    await hub.join(reader);
    hub.leave(reader);
    const { traffic } = weft.mesh.metrics.asked;
    await tick();
    weft.runtime.context.log.show(recordOf());
    expect([namesOf(reader), weft.mesh.metrics.asked.traffic, hub.size, vi.getTimerCount()]).toEqual([["snapshot"], traffic, 0, 0]);
  });

  it("is closed when the process ends", async () => {
    const reader = readerOf();
    await hub.join(reader);
    hub.close();
    weft.runtime.context.log.show(recordOf());
    expect([reader.isClosed, vi.getTimerCount(), namesOf(reader)]).toEqual([true, 0, ["snapshot"]]);
  });
});

describe("a view", () => {
  it("is worked out once, however many look at it", async () => {
    const readers = [readerOf(["graph"], ["shop", "bank"]), readerOf(["graph"], ["bank", "shop"]), readerOf(["graph"], ["shop", "bank"])];
    await Promise.all(readers.map((reader) => hub.join(reader)));
    expect(weft.mesh.metrics.asked.traffic).toBe(1);
    await tick();
    expect(weft.mesh.metrics.asked.traffic).toBe(2);
    expect(readers.map(namesOf)).toEqual([
      ["snapshot", "delta"],
      ["snapshot", "delta"],
      ["snapshot", "delta"],
    ]);
  });

  it("is another one with another window or other namespaces", async () => {
    for (const reader of [readerOf(["graph"]), readerOf(["graph"], ["shop"]), readerOf(["graph"], [], 300_000)]) await hub.join(reader);
    await tick();
    expect(weft.mesh.metrics.asked.traffic).toBe(6);
  });

  it("reaches a reader whole that joins while the next step is worked out", async () => {
    const early = readerOf(["graph"]);
    await hub.join(early);
    const gate = Promise.withResolvers<void>();
    weft.mesh.metrics.onCall(() => gate.promise);
    call("bank");
    await tick();
    const late = readerOf(["graph"]);
    await hub.join(late);
    gate.resolve();
    await weft.mesh.time.settle();
    weft.mesh.metrics.onCall(null);
    await tick();
    expect(late.graph()).toEqual(early.graph());
    expect(late.graph()?.edges).toHaveLength(1);
  });

  it("is one and the same for two readers that join at once", async () => {
    const [one, two] = [readerOf(["graph"]), readerOf(["graph"])];
    const gate = Promise.withResolvers<void>();
    weft.mesh.metrics.onCall(() => gate.promise);
    const joining = [hub.join(one), hub.join(two)];
    call("bank");
    gate.resolve();
    await Promise.all(joining);
    weft.mesh.metrics.onCall(null);
    await tick();
    expect(one.graph()).toEqual(two.graph());
    expect(namesOf(one)).toEqual(namesOf(two));
  });

  it("goes on for a reader that joined while the only other one left", async () => {
    const [staying, leaving] = [readerOf(["graph"]), readerOf(["changes"])];
    await hub.join(leaving);
    const gate = Promise.withResolvers<void>();
    weft.mesh.metrics.onCall(() => gate.promise);
    const joining = hub.join(staying);
    hub.leave(leaving);
    gate.resolve();
    await joining;
    await tick();
    expect(namesOf(staying)).toEqual(["snapshot", "delta"]);
  });

  it("is fresh for a graph's reader that comes after a time without one", async () => {
    const [first, other] = [readerOf(["graph"]), readerOf(["changes"])];
    await hub.join(first);
    await hub.join(other);
    hub.leave(first);
    call("bank");
    await tick();
    const next = readerOf(["graph"]);
    await hub.join(next);
    expect(next.graph()?.edges).toHaveLength(1);
  });
});

describe("a source that fails", () => {
  it("leaves the stream without a graph until it answers, then gives it whole", async () => {
    weft.mesh.metrics.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    const reader = readerOf(["graph"]);
    await hub.join(reader);
    expect(reader.events).toMatchObject([{ event: "snapshot", data: { graph: null } }]);
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot"]);
    weft.mesh.metrics.failWith(null);
    await tick();
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot", "snapshot", "delta"]);
    expect(reader.graph()?.nodes).toHaveLength(3);
  });

  it("does not tear the process down when it breaks in an unforeseen way", async () => {
    const reader = readerOf(["graph"]);
    await hub.join(reader);
    const topology = weft.mesh.topology.topology.bind(weft.mesh.topology);
    weft.mesh.topology.topology = () => Promise.reject(new Error("broken"));
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot"]);
    expect(errors).toEqual([new Error("broken")]);
    weft.mesh.topology.topology = topology;
    await tick();
    expect(namesOf(reader)).toEqual(["snapshot", "delta"]);
  });

  it("breaks a snapshot no more than a step", async () => {
    weft.mesh.topology.topology = () => Promise.reject(new Error("broken"));
    const reader = readerOf(["graph"]);
    await hub.join(reader);
    expect(reader.events).toMatchObject([{ event: "snapshot", data: { graph: null } }]);
  });
});
