import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { sampleAt, serviceOf, START_MS, topologyOf } from "#lib/testing/builders.ts";
import { FRONTEND, type MeshDesk, openDesk, REVIEWS } from "#lib/testing/mesh-desk.ts";

import { getGraph, type GetGraphInput } from "./get-graph.ts";

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(60_000);
  desk.metrics.record(
    sampleAt(1, { source: FRONTEND, target: REVIEWS, version: "v1" }, { count: 90 }),
    sampleAt(59, { source: FRONTEND, target: REVIEWS, version: "v2" }, { count: 10, errorCount: 5 }),
  );
});

async function graph(input: Partial<GetGraphInput> = {}): Promise<Sourced<MeshGraph>> {
  const answer = await getGraph(desk.context, { windowMs: 60_000, namespaces: [], ...input });
  if (!answer.ok) throw answer.error;
  return answer.value;
}

function ids(answer: Sourced<MeshGraph>): string[] {
  return answer.value.nodes.map(({ id }) => id);
}

describe("getGraph", () => {
  it("draws what is known and what was seen, with the evidence of both", async () => {
    const answer = await graph();
    expect(ids(answer)).toEqual(["shop/catalog", FRONTEND, REVIEWS]);
    expect(answer.value.edges).toMatchObject([
      { source: FRONTEND, target: REVIEWS, red: { count: 100, errorCount: 5, source: "fake-metrics" } },
    ]);
    expect(answer.value.nodes[2]?.spark).toMatchObject({ stepMs: 2_000, rate: { length: 30 } });
    expect(answer).toMatchObject({
      coverage: "complete",
      notices: [],
      provenance: [{ source: "fake-metrics" }, { source: "fake-topology" }],
    });
  });

  it("ends with the last whole second, for a second that runs would read too low", async () => {
    await desk.time.advance(900);
    expect((await graph()).value.window).toEqual({ from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:01:00.000Z" });
  });

  it("looks back to an instant", async () => {
    const answer = await graph({ windowMs: 10_000, atMs: START_MS + 10_000 });
    expect(answer.value.window).toEqual({ from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:00:10.000Z" });
    expect(answer.value.edges).toMatchObject([{ red: { count: 90 }, versions: [{ version: "v1" }] }]);
  });

  describe("of the past", () => {
    const past = { windowMs: 10_000, atMs: START_MS + 10_000 };

    it("says what is as it is now, and a window that is not over says nothing of the kind", async () => {
      expect((await graph(past)).notices).toEqual([
        expect.objectContaining({ level: "info", code: "as-of-now", text: expect.stringContaining("of 2026-01-01T12:00:10.000Z;") }),
      ]);
      expect((await graph({ atMs: START_MS + 60_000 })).notices).toEqual([]);
      expect((await graph({ atMs: START_MS + 90_000 })).value.window.to).toBe("2026-01-01T12:01:00.000Z");
    });

    it("judges by the calls of then, not by what proxies and endpoints say now", async () => {
      const silent = { versions: [{ version: "v1", proxies: { n: 0, of: 2 } }], endpoints: { healthy: 0, total: 2 } };
      desk.topology.know(topologyOf({ services: [serviceOf(REVIEWS, silent), serviceOf(FRONTEND)] }));
      expect((await graph()).value.nodes.find(({ id }) => id === REVIEWS)?.health.status).toBe("failing");
      const [frontend, reviews] = (await graph(past)).value.nodes;
      expect(reviews).toMatchObject({ id: REVIEWS, health: { status: "healthy", reasons: [] }, proxies: null, red: { count: 90 } });
      expect(frontend).toMatchObject({ id: FRONTEND, health: { status: "unknown" }, proxies: null, red: { count: null } });
    });

    it("names the window that was counted where it is another", async () => {
      desk.metrics.cover({ fromMs: START_MS + 4_000, toMs: START_MS + 10_000 });
      const answer = await graph(past);
      expect(answer.value.window.from).toBe("2026-01-01T12:00:04.000Z");
      expect(answer.notices).toMatchObject([
        { code: "other-window", text: expect.stringMatching(/^Counted are 6 s, from/) },
        { code: "as-of-now" },
      ]);
    });

    it("does not say of a service that it had no calls where nothing is kept", async () => {
      const text = "Nothing is kept of 2026-01-01T11:00:00.000Z by fake-metrics: it reaches back to 2026-01-01T12:00:00.000Z";
      desk.metrics.say({
        coverage: "partial",
        notices: [{ level: "warning", code: "nothing-kept", text, source: "fake-metrics", mend: "Wait" }],
      });
      const answer = await graph({ atMs: START_MS - 3_600_000 });
      expect(answer.value.edges).toEqual([]);
      expect(new Set(answer.value.nodes.map(({ health }) => health.reasons.join()))).toEqual(new Set(["Nothing is kept of this window"]));
      expect(answer.value.totals.rate).toBeNull();
    });
  });

  it("keeps to namespaces", async () => {
    desk.metrics.record(sampleAt(30, { source: "bank/teller", target: "bank/vault" }, { count: 1 }));
    expect(ids(await graph({ namespaces: ["bank"] }))).toEqual(["bank/teller", "bank/vault"]);
  });

  it("says that there is no source where none is configured, and still draws who exists", async () => {
    desk = openDesk(desk, undefined, { hasMetrics: false });
    const answer = await graph();
    expect(ids(answer)).toEqual(["shop/catalog", FRONTEND, REVIEWS]);
    expect(answer.value.edges).toEqual([]);
    expect(answer.value.totals.rate).toBeNull();
    expect(answer.value.nodes.every(({ health }) => health.status === "unknown")).toBe(true);
    expect(answer.coverage).toBe("partial");
    expect(answer.notices).toMatchObject([
      { level: "error", code: "no-source", mend: expect.stringMatching(/--proxies DIR .* --config weft\.yaml .* --otlp-http/) },
    ]);
  });

  it("costs a notice and its part when a source of topology fails, not the graph", async () => {
    desk.topology.failWith(new WeftError("SOURCE_UNREACHABLE", "The folder is gone.", { mend: "Mount it." }));
    const answer = await graph();
    expect(ids(answer)).toEqual([FRONTEND, REVIEWS]);
    expect(answer.coverage).toBe("partial");
    expect(answer.notices).toEqual([
      { level: "error", code: "SOURCE_UNREACHABLE", text: "The folder is gone.", source: "fake-topology", mend: "Mount it." },
    ]);
  });

  it("is as weak as the weakest of its sources", async () => {
    desk.metrics.say({
      coverage: "stale",
      notices: [{ level: "error", code: "source-down", text: "Nothing answers", source: "fake-metrics", mend: null }],
    });
    desk.topology.say({ coverage: "partial" });
    expect(await graph()).toMatchObject({ coverage: "stale", notices: [{ code: "source-down" }] });
  });

  it("passes on that metrics cannot be had", async () => {
    desk.metrics.failWith(new WeftError("TIMEOUT", "It took too long."));
    expect(await getGraph(desk.context, { windowMs: 60_000, namespaces: [] })).toMatchObject({ ok: false, error: { code: "TIMEOUT" } });
  });
});
