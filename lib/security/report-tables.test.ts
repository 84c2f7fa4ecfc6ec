import { describe, expect, it } from "vitest";

import { topologyOf, serviceOf, START_MS } from "#lib/testing/builders.ts";
import { callOf, certificateOf, listenerOf, loadOf, pictureOf, refusalOf, stageOf } from "#lib/testing/security-builders.ts";

import { buildReport } from "./build-report.ts";
import { writeCsv } from "./csv.ts";
import { tableRows } from "./report-tables.ts";

const report = buildReport({
  window: { fromMs: START_MS - 60_000, toMs: START_MS },
  topology: topologyOf({ services: [serviceOf("payments/ledger")] }),
  declaredBy: "config",
  readAt: new Map(),
  picture: pictureOf({
    calls: [callOf({ address: "=evil()" })],
    listeners: [listenerOf()],
    refusals: [refusalOf({ claimed: "@SUM(A1)" })],
    certificates: [certificateOf({ subject: "-2+3", names: ["a", "b"] })],
    events: [{ atMs: START_MS, kind: "rotated", proxyId: "p", nodeId: "a/b", secret: "+x", fromSerial: "1", toSerial: "2" }],
    stages: [stageOf({ policies: [{ name: "=p", principals: "any, body", permissions: '"all"', neverMatches: null, matched: 3 }] })],
    decisions: [
      {
        target: "payments/ledger",
        source: "payments/payments",
        identity: null,
        address: null,
        mode: "enforced",
        outcome: "denied",
        policy: null,
        count: 2,
        lastSeenMs: START_MS,
      },
    ],
  }),
  loads: [loadOf()],
  steering: { places: new Map(), missing: "nowhere" },
  namespaces: [],
  nowMs: START_MS,
});

describe("tableRows", () => {
  it.each([
    ["edges", 2, ["'=evil()"]],
    ["workloads", 1, ["nowhere"]],
    ["certificates", 1, ["'-2+3", "a; b"]],
    ["events", 1, ["'+x"]],
    ["refusals", 1, ["'@SUM(A1)"]],
    ["authorization", 2, ["'=p", '"any, body"', '"""all"""', "decision"]],
  ] as const)("%s has a line for each, under its columns, and no formula", (table, lines, cells) => {
    const rows = tableRows(report, table);
    expect(rows).toHaveLength(lines + 1);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(new Set(rows[0]).size).toBe(rows[0]?.length);
    const text = writeCsv(rows);
    for (const cell of cells) expect(text).toContain(cell);
    expect(text).not.toMatch(/(^|,|\n)"?[=+@\t]/);
  });

  it("leaves a cell empty where nothing is known", () => {
    const [header, first] = tableRows(report, "edges");
    const cell = (name: string): unknown => first?.[header?.indexOf(name) ?? -1];
    expect([cell("source"), cell("rate"), cell("since"), cell("refused")]).toEqual(["unknown/legacy-report", undefined, null, 1]);
  });
});
