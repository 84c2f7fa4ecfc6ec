import { describe, expect, it } from "vitest";

import { families } from "./families.ts";
import { knobs } from "./knobs.ts";
import { syntheticMesh } from "./model.ts";
import { truthOf } from "./truth.ts";
import { exposition, importLines, openMetrics } from "./write.ts";

const mixed = { services: 20, edges: 80, versions: 2, clusters: 2, pods: 3, ambientShare: 0.4, waypointShare: 0.5, lostShare: 0.3 };
const mesh = syntheticMesh(knobs({ ...mixed, tcpShare: 0.2, grpcShare: 0.2, egressShare: 0.1, bareCallerShare: 0.1, mtlsShare: 0.7 }));

function seriesNames(): string[] {
  return families(mesh).flatMap(({ series }) => [...series()].map(({ name, labels }) => `${name}{${labels}}`));
}

function made(seed: number): string {
  return JSON.stringify(syntheticMesh(knobs({ ...mixed, seed })));
}

function edges(namespaces: number): string[] {
  return syntheticMesh(knobs({ ...mixed, namespaces })).flows.map(
    ({ source, target, outcomes }) => `${source?.name} ${target.workload?.name} ${JSON.stringify(outcomes)}`,
  );
}

function counts(steps: number): number[] {
  return truthOf(mesh, steps).map(({ count }) => count);
}

function rows(text: Iterable<string>): string[] {
  return [...text].join("").trimEnd().split("\n");
}

function samples(text: Iterable<string>): string[] {
  return rows(text).filter((line) => !line.startsWith("#"));
}

describe("a synthetic mesh", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(made(7)).toBe(made(7));
    expect(made(7)).not.toBe(made(8));
  });

  it("has every series once, whoever else would write the same", () => {
    const names = seriesNames();
    expect(names.length).toBeGreaterThan(5_000);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has cumulative buckets that end with the count", () => {
    const [durations] = families(mesh).filter(({ type }) => type === "histogram");
    let last = 0;
    for (const { name, labels, perStep } of durations?.series() ?? []) {
      if (name.endsWith("_sum")) continue;
      if (!labels.includes('le="0.5"')) expect(perStep).toBeGreaterThanOrEqual(last);
      if (name.endsWith("_count")) expect(perStep).toBe(last);
      last = perStep;
    }
  });

  it("calls the same services whatever the number of namespaces", () => {
    expect(edges(1)).toEqual(edges(20));
  });

  it("tells a truth that grows with time alone", () => {
    expect(counts(6)).toEqual(counts(2).map((count) => count * 3));
  });

  it("does not tell a truth that it cannot know", () => {
    expect(() => truthOf(syntheticMesh(knobs({ removedLabels: ["response_flags"] })), 1)).toThrow("response_flags");
  });

  it("refuses more edges than there are pairs", () => {
    expect(() => knobs({ services: 3, edges: 7 })).toThrow("6 pairs");
  });
});

describe("what is written of it", () => {
  const stretch = { fromMs: 1_700_000_000_000, samples: 3 };

  it("holds every series in all three forms, with times where they are wanted", () => {
    const names = seriesNames();
    expect(samples(exposition(mesh, 0, 45_000)).map((line) => line.slice(0, line.lastIndexOf(" ")))).toEqual(names);
    expect(samples(openMetrics([mesh], stretch)).length).toBe(names.length * 3);
    expect(samples(importLines(mesh, stretch)).length).toBe(names.length * 3);
    expect(rows(openMetrics([mesh], stretch)).at(-1)).toBe("# EOF");
    expect(samples(openMetrics([mesh], stretch))[1]).toMatch(/ 1700000015$/);
    expect(samples(importLines(mesh, stretch))[1]).toMatch(/ 1700000015000$/);
  });

  it("counts whole steps only in what is scraped", () => {
    expect([...exposition(mesh, 0, 29_999)]).toEqual([...exposition(mesh, 0, 15_000)]);
    expect([...exposition(mesh, 0, 30_000)]).not.toEqual([...exposition(mesh, 0, 15_000)]);
  });

  it("comes in pieces, never as a whole", () => {
    for (const piece of openMetrics([mesh], stretch)) expect(piece.length).toBeLessThan(512 * 1_024);
  });
});
