import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { serviceId } from "#lib/model/ids.ts";
import type { MetricsSource } from "#lib/ports/sources.ts";
import { sampleAt, secondsWindow } from "#lib/testing/builders.ts";
import { createFakeMetrics, type FakeMetricsSource } from "#lib/testing/fake-sources.ts";

import { LayeredMetrics } from "./layered-metrics.ts";

const FRONTEND = serviceId("shop", "frontend");
const REVIEWS = serviceId("reviews", "reviews");

function setUp(): { proxies: FakeMetricsSource; spans: FakeMetricsSource; both: LayeredMetrics } {
  const proxies = createFakeMetrics("proxies");
  const spans = createFakeMetrics("spans");
  proxies.record(sampleAt(1, { source: FRONTEND, target: REVIEWS }, { count: 10 }));
  spans.record(sampleAt(1, { source: FRONTEND, target: REVIEWS }, { count: 9 }));
  return { proxies, spans, both: new LayeredMetrics([proxies, spans]) };
}

describe("LayeredMetrics", () => {
  const window = secondsWindow(0, 10);

  it("never adds two sources' numbers", async () => {
    const { both } = setUp();
    expect(await both.traffic(window)).toMatchObject({
      ok: true,
      value: { value: { sources: ["proxies", "spans"], rows: [{ traffic: { count: 10 }, toldBy: "proxies" }] } },
    });
    expect(await both.trafficSteps(window, 10_000)).toMatchObject({
      ok: true,
      value: { value: { steps: [{ rows: [{ traffic: { count: 10 } }] }] } },
    });
    expect(await both.countSteps(window, 1)).toMatchObject({ ok: true, value: { value: { rows: [{ target: REVIEWS, counts: [10] }] } } });
  });

  it("prefers the stronger source also where it hides what is newest: its window is a little earlier, and as long", async () => {
    const { both, proxies } = setUp();
    proxies.cover(secondsWindow(-4, 6));
    for (const select of [undefined, { targets: [REVIEWS] }])
      expect(await both.traffic(window, select)).toMatchObject({
        value: { value: { rows: [{ traffic: { count: 10 }, toldBy: "proxies" }] } },
      });
    // What has only begun, and the last word of one that is gone, tell less than another's present.
    for (const covered of [secondsWindow(6, 10), secondsWindow(-3_610, -3_600)]) {
      proxies.cover(covered);
      expect(await both.traffic(window)).toMatchObject({ value: { value: { rows: [{ toldBy: "spans" }] } } });
    }
  });

  it("keeps to one source for what is selected, also where another saw more callers", async () => {
    const { both, spans } = setUp();
    spans.record(sampleAt(2, { source: "shop/batch", target: REVIEWS }, { count: 7 }));
    spans.record(sampleAt(2, { source: "shop/batch", target: "shop/mail" }, { count: 3 }));
    expect(await both.traffic(window, { targets: [REVIEWS] })).toMatchObject({
      value: { provenance: [{ source: "proxies" }], value: { rows: [{ traffic: { count: 10 } }] } },
    });
    expect(await both.traffic(window, { targets: ["shop/mail"] })).toMatchObject({
      value: { provenance: [{ source: "spans" }], value: { rows: [{ traffic: { count: 3 } }] } },
    });
  });

  it("is not weakened by a source that gives nothing to the answer", async () => {
    const { both, spans } = setUp();
    spans.say({ coverage: "stale" });
    expect(await both.traffic(window)).toMatchObject({ value: { coverage: "complete", provenance: [{ source: "proxies" }] } });
    spans.record(sampleAt(2, { source: "shop/batch", target: "shop/mail" }, { count: 1 }));
    expect(await both.traffic(window)).toMatchObject({
      value: { coverage: "stale", provenance: [{ source: "proxies" }, { source: "spans" }] },
    });
  });

  describe("of a source that is down and gives nothing to the answer", () => {
    const down = {
      level: "error",
      code: "source-down",
      text: "spans: refused the connection.",
      source: "spans",
      mend: "Start it.",
    } as const;
    const missing = { coverage: "partial", notices: [down], provenance: [{ source: "proxies" }] };

    it("says that its part is missing, and calls nothing stale that others tell", async () => {
      const { both, spans } = setUp();
      spans.record(sampleAt(8, { source: FRONTEND, target: REVIEWS }, { count: 0 }));
      spans.say({ coverage: "stale", notices: [down] });
      const emptied = secondsWindow(20, 30);
      expect(await both.traffic(emptied)).toMatchObject({ value: missing });
      expect(await both.traffic(emptied, { targets: [REVIEWS] })).toMatchObject({ value: missing });
      expect(await both.trafficSteps(emptied, 10_000)).toMatchObject({ value: missing });
      expect(await both.countSteps(emptied, 1)).toMatchObject({ value: missing });
    });

    it("takes no window from it: what others tell is of the window that they cover", async () => {
      const { both, proxies, spans } = setUp();
      proxies.say({ coverage: "stale", notices: [{ ...down, source: "proxies" }] });
      const later = secondsWindow(10, 20);
      spans.record(sampleAt(12, { source: FRONTEND, target: REVIEWS }, { count: 9 }));
      spans.cover(secondsWindow(5, 15));
      expect(await both.traffic(later)).toMatchObject({
        value: {
          coverage: "partial",
          notices: [{ code: "source-down", source: "proxies" }],
          value: { window: secondsWindow(5, 15), rows: [{ toldBy: "spans" }] },
        },
      });
    });

    it("says nothing of how far back its memory reaches where others tell", async () => {
      const { both, spans } = setUp();
      const kept = { ...down, level: "warning", code: "nothing-kept" } as const;
      spans.say({ coverage: "partial", notices: [kept, { ...down, level: "info", code: "window-widened" }] });
      expect(await both.traffic(secondsWindow(0, 1))).toMatchObject({ value: { coverage: "complete", notices: [] } });
    });

    it("says how far back the strongest's memory reaches where nobody tells anything", async () => {
      const [proxies, spans] = [createFakeMetrics("proxies"), createFakeMetrics("spans")];
      const both = new LayeredMetrics([proxies, spans]);
      // It has kept nothing of the window yet.
      proxies.cover(secondsWindow(10, 10));
      const kept = { ...down, level: "warning", code: "partly-kept", source: "proxies" } as const;
      proxies.say({ coverage: "partial", notices: [kept] });
      expect(await both.traffic(window)).toMatchObject({ value: { coverage: "partial", notices: [kept], value: { rows: [] } } });
      spans.record(sampleAt(1, { source: FRONTEND, target: REVIEWS }, { count: 9 }));
      expect(await both.traffic(window)).toMatchObject({ value: { coverage: "complete", notices: [] } });
    });

    it("says so also where all hold nothing of what is selected, or fail", async () => {
      const { both, spans } = setUp();
      spans.failWith(new WeftError("TIMEOUT", "late"));
      expect(await both.traffic(window, { targets: ["shop/nobody"] })).toMatchObject({
        value: { coverage: "partial", notices: [{ code: "TIMEOUT", source: "spans" }], value: { rows: [] } },
      });
    });
  });

  it("charts the whole mesh as it draws it: each edge from the strongest that saw it, and none twice", async () => {
    const { both, spans } = setUp();
    spans.record(sampleAt(1, { source: REVIEWS, target: "shop/mail" }, { count: 3 }));
    const answer = await both.trafficSteps(window, 5_000);
    expect(answer).toMatchObject({ value: { provenance: [{ source: "proxies" }, { source: "spans" }] } });
    const steps = answer.ok ? answer.value.value.steps : [];
    const counts = steps.map(({ rows }) => rows.map(({ key, traffic }) => [key.target, traffic.count]));
    expect(counts).toEqual([
      [
        [REVIEWS, 10],
        ["shop/mail", 3],
      ],
      [],
    ]);
    expect(await both.trafficSteps(window, 5_000, {})).toEqual(answer);
  });

  it("draws and charts what only the weaker saw, with its own gaps", async () => {
    const { both, proxies, spans } = setUp();
    for (let second = 2; second < 10; second++) {
      proxies.record(sampleAt(second, { source: FRONTEND, target: REVIEWS }, { count: 0 }));
      spans.record(sampleAt(second, { source: FRONTEND, target: REVIEWS }, { count: 0 }));
    }
    spans.record(sampleAt(10, { source: FRONTEND, target: REVIEWS }, { count: 0 }));
    spans.record(sampleAt(8, { source: "shop/batch", target: "shop/mail" }, { count: 4 }));
    expect(await both.trafficSteps(window, 10_000, { targets: ["shop/mail"] })).toMatchObject({
      value: { provenance: [{ source: "spans" }], value: { steps: [{ rows: [{ traffic: { count: 4 } }] }] } },
    });
    const steps = await both.countSteps(window, 10);
    const all = Array.from({ length: 10 }, () => true);
    expect(steps).toMatchObject({
      value: {
        value: {
          isReported: all.with(9, false),
          rows: [{ target: REVIEWS }, { target: "shop/mail", counts: [0, 0, 0, 0, 0, 0, 0, 4, 0, 0], isReported: all }],
        },
      },
    });
  });

  it("leaves the word to a weaker source where the memory of the stronger has only begun", async () => {
    const { proxies, spans } = setUp();
    const begun: MetricsSource = {
      id: proxies.id,
      reportMs: proxies.reportMs,
      traffic: async (asked, select) => proxies.traffic({ ...asked, fromMs: asked.toMs - 2_000 }, select),
      trafficSteps: (asked, stepMs, select) => proxies.trafficSteps(asked, stepMs, select),
      countSteps: (asked, points) => proxies.countSteps(asked, points),
    };
    for (let second = 2; second <= 10; second++) spans.record(sampleAt(second, { source: FRONTEND, target: REVIEWS }, { count: 9 }));
    proxies.record(
      sampleAt(9, { source: FRONTEND, target: REVIEWS }, { count: 1 }),
      sampleAt(9, { source: REVIEWS, target: "shop/db" }, { count: 4 }),
    );
    const both = new LayeredMetrics([begun, spans]);
    expect(await both.traffic(window)).toMatchObject({
      value: {
        value: {
          window,
          windows: { proxies: { fromMs: window.toMs - 2_000, toMs: window.toMs } },
          rows: [
            { toldBy: "spans", traffic: { count: 90 } },
            { toldBy: "proxies", traffic: { count: 4 } },
          ],
        },
      },
    });
    expect(await both.traffic(window, { targets: [REVIEWS] })).toMatchObject({ value: { value: { rows: [{ toldBy: "spans" }] } } });
    expect(await both.trafficSteps(window, 1_000, { targets: [REVIEWS] })).toMatchObject({ value: { provenance: [{ source: "spans" }] } });
    expect(await both.countSteps(window, 10)).toMatchObject({ value: { provenance: [{ source: "spans" }] } });
  });

  it("lives on without a weaker source, and says that it does", async () => {
    const { both, spans } = setUp();
    spans.failWith(new WeftError("TIMEOUT", "late", { mend: "wait" }));
    const notices = [{ level: "error", code: "TIMEOUT", text: "late", source: "spans", mend: "wait" }];
    expect(await both.traffic(window)).toMatchObject({ ok: true, value: { coverage: "partial", notices } });
    expect(await both.countSteps(window, 1)).toMatchObject({ ok: true, value: { coverage: "partial", notices } });
  });

  it("is told by a weaker source where the strongest fails, and says so", async () => {
    const { both, proxies } = setUp();
    proxies.failWith(new WeftError("SOURCE_UNREACHABLE", "gone"));
    const told = { coverage: "partial", provenance: [{ source: "spans" }], notices: [{ source: "proxies", text: "gone" }] };
    expect(await both.traffic(window)).toMatchObject({ value: { ...told, value: { rows: [{ traffic: { count: 9 }, toldBy: "spans" }] } } });
    expect(await both.countSteps(window, 1)).toMatchObject({ value: { ...told, value: { rows: [{ target: REVIEWS, counts: [9] }] } } });
    expect(await both.trafficSteps(window, 10_000)).toMatchObject({ value: told });
    expect(await both.traffic(window, { targets: [REVIEWS] })).toMatchObject({ value: told });
  });

  it("says once what befell one store, whose kinds of telemetry are two sources", async () => {
    const [mesh, graph, other] = ["prom", "prom/service-graph", "other"].map((id) => createFakeMetrics(id));
    if (mesh === undefined || graph === undefined || other === undefined) throw new Error("three were made");
    const gone = new WeftError("SOURCE_UNREACHABLE", "It refused the connection.", { mend: "Start it." });
    for (const one of [mesh, graph, other]) one.failWith(gone);
    const notices = [
      { source: "prom", text: gone.message },
      { source: "other", text: gone.message },
    ];
    expect(await new LayeredMetrics([setUp().proxies, mesh, graph, other]).traffic(window)).toMatchObject({ value: { notices } });
    for (const [one, at] of [
      [mesh, "05.123"],
      [graph, "06.456"],
    ] as const) {
      const text = `Stale since 2026-01-01T12:00:${at}Z: prom gave no newer answer.`;
      one.failWith(null);
      one.say({ coverage: "stale", notices: [{ level: "warning", code: "stale", text, source: one.id, mend: null }] });
    }
    expect(await new LayeredMetrics([mesh, graph]).traffic(window)).toMatchObject({
      value: { notices: [{ source: "prom", text: expect.stringContaining("05.123Z") }] },
    });
  });

  it("fails where all fail, in the strongest one's words", async () => {
    const { both, proxies, spans } = setUp();
    proxies.failWith(new WeftError("SOURCE_UNREACHABLE", "gone"));
    spans.failWith(new WeftError("TIMEOUT", "late"));
    const refused = { ok: false, error: { code: "SOURCE_UNREACHABLE" } };
    expect(await both.traffic(window)).toMatchObject(refused);
    expect(await both.countSteps(window, 1)).toMatchObject(refused);
    expect(await both.trafficSteps(window, 10_000)).toMatchObject(refused);
  });

  it("gives a question up with the one who asked", async () => {
    const { both, proxies, spans } = setUp();
    const { signal } = new AbortController();
    await both.traffic(window, undefined, signal);
    await both.traffic(window, { targets: ["shop/nobody"] }, signal);
    await both.trafficSteps(window, 10_000, { targets: ["shop/nobody"] }, signal);
    await both.countSteps(window, 1, signal);
    expect([proxies.signals, spans.signals]).toEqual(Array.from({ length: 2 }, () => Array.from({ length: 4 }, () => signal)));
  });

  it("may book a report as late as its slowest source", () => {
    const { both } = setUp();
    expect(both.reportMs).toBe(1_000);
    expect(both.id).toBe("proxies");
  });
});
