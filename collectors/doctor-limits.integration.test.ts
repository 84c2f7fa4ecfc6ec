import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { examinedSources } from "./doctor.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "./shared/testing/system-time.ts";
import { series, startExposition, type ExpositionServer } from "./testing/exposition-server.ts";
import { istio, PEERS, type Labels } from "./testing/istio-exposition.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-doctor-limits-"));
const http = createHttpFetcher({ clock, scheduler });

const podLabels = (many: number): Labels =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => [`pod_label_${index + 10}`, "x"]));

describe("what a real VictoriaMetrics scrapes", () => {
  const duration = "istio_request_duration_milliseconds";
  const planted = {
    roomy: istio(),
    cut: istio(podLabels(20)),
    // As newer versions leave it: with name, job, instance and case these have 30 labels, and the buckets were left out for their 31.
    "left-out":
      series("istio_requests_total", { ...PEERS, response_code: "200", response_flags: "-" }) +
      series(`${duration}_sum`, { ...PEERS, ...podLabels(14) }) +
      series(`${duration}_count`, { ...PEERS, ...podLabels(14) }),
  };
  let victoria: ServerProcess;
  let crowded: ExpositionServer;
  const about = async (name: string): Promise<DiagnosisFinding[]> => {
    const metricsSources = [{ id: "prom", kind: "prometheus" as const, url: victoria.url, timeoutMs: 10_000, queryScope: { case: name } }];
    const { sources, close } = await examinedSources({ metricsSources }, { clock, scheduler, http, newStore: createFakeSeriesStore });
    try {
      return (await Promise.all(sources.map((source) => source.examine()))).flat();
    } finally {
      await close();
    }
  };

  beforeAll(async () => {
    crowded = await startExposition(Object.fromEntries(Object.entries(planted).map(([name, text]) => [`/${name}`, text])));
    const jobs = Object.keys(planted).map((name) => ({ name, targets: [crowded.target], path: `/${name}`, labels: { case: name } }));
    const victoriaMetrics = await resolveVictoriaMetrics();
    victoria = await startVictoriaMetrics({ victoriaMetrics, folder: join(folder, "victoria"), jobs });
    const isScraped = async (): Promise<void> => {
      for (const name of Object.keys(planted)) expect((await about(name)).map(({ code }) => code)).toContain("reached");
      expect((await about("left-out")).map(({ code }) => code)).toContain("no-histogram");
      // It has just been started.
      expect((await about("roomy")).filter(({ level }) => level !== "fine").map(({ code }) => code)).toEqual(["short-history"]);
    };
    await vi.waitFor(isScraped, { timeout: 60_000, interval: 500 });
  }, 100_000);

  afterAll(async () => {
    await Promise.all([victoria?.stop(), crowded?.close(), http.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["cut", /have just 30 labels, which is how many VictoriaMetrics keeps/],
    ["left-out", /_count have just 30 labels, and there are no buckets/],
  ])("says what was lost as series have more labels than it takes: %s", async (name, text) => {
    const found = (await about(name)).find(({ code }) => code === "label-limit");
    expect(found).toMatchObject({
      level: "error",
      text: expect.stringMatching(text),
      mend: expect.stringContaining("-maxLabelsPerTimeseries"),
    });
  });
});
