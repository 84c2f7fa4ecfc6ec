import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SecurityReport } from "#lib/model/security.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";
import { serviceOf, START_MS, topologyOf } from "#lib/testing/builders.ts";
import {
  callOf,
  certificateOf,
  dialOf,
  factsOf,
  listenerOf,
  loadOf,
  pictureOf,
  plaintextCallOf,
  refusalOf,
} from "#lib/testing/security-builders.ts";

import { buildReport, type ReportFacts } from "./build-report.ts";
import { joinFacts } from "./join-facts.ts";
import type { EdgeLoad } from "./facts.ts";

const MINUTE = 60_000;
const LEDGER = "payments/ledger";
const LEGACY = "unknown/legacy-report";

function report(known: Partial<SecurityFacts> = {}, loads: readonly EdgeLoad[] = [], part: Partial<ReportFacts> = {}): SecurityReport {
  return buildReport({
    window: { fromMs: START_MS - 300_000, toMs: START_MS },
    topology: topologyOf(),
    declaredBy: "config",
    readAt: new Map(),
    picture: pictureOf(known),
    loads,
    steering: { places: new Map(), missing: "No place is configured" },
    namespaces: [],
    nowMs: START_MS,
    ...part,
  });
}

const mutual = (source: string, count = 10): EdgeLoad => loadOf({ source, transport: { mutual: count, oneWay: 0, plaintext: 0 } });
const plain = (source: string, target = LEDGER): EdgeLoad => loadOf({ source, target, transport: { mutual: 0, oneWay: 0, plaintext: 3 } });
const unknown = (source: string): EdgeLoad => loadOf({ source, transport: { mutual: 0, oneWay: 0, plaintext: 0 }, arrived: 5 });
const ending = (leftMs: number, nodeId = "reviews/ratings"): SecurityFacts["certificates"][number] =>
  certificateOf({
    id: `${nodeId}/${leftMs}`,
    nodeId,
    validFrom: new Date(START_MS - 86_400_000).toISOString(),
    expiresAt: new Date(START_MS + leftMs).toISOString(),
  });

describe("the sentence", () => {
  it.each<[string, Partial<SecurityFacts>, readonly EdgeLoad[], string]>([
    ["nothing known", {}, [], "No edge is known"],
    ["nothing seen", { dials: [dialOf()] }, [], "Nothing was seen of any edge in this window; 1 edge set up but without calls"],
    ["one mutual edge", {}, [mutual("a/a")], "The one edge is mutual TLS"],
    ["all mutual", {}, [mutual("a/a"), mutual("a/b")], "All 2 edges mutual TLS"],
    [
      "the sentence of the issue",
      { certificates: [ending(9 * MINUTE)] },
      [mutual("a/a"), mutual("a/b"), plain(LEGACY)],
      "2 of 3 edges mutual TLS; legacy-report calls ledger in plaintext; 1 certificate expires in 9 min",
    ],
    [
      "two plaintext callers",
      {},
      [plain(LEGACY), plain("unknown/audit-export", "payments/books")],
      "None of 2 edges mutual TLS; audit-export calls books in plaintext; legacy-report calls ledger in plaintext",
    ],
    [
      "many plaintext callers",
      {},
      ["a/a", "a/b", "a/c", "a/d", "a/e"].map((source) => plain(source)),
      "None of 5 edges mutual TLS; 5 edges in plaintext, called by a, b, c and 2 more",
    ],
    [
      "partly plaintext",
      {},
      [loadOf({ source: "a/a", transport: { mutual: 9, oneWay: 0, plaintext: 1 } })],
      "None of 1 edge mutual TLS; a calls ledger partly in plaintext",
    ],
    [
      "expired before all else",
      { certificates: [ending(-1), ending(9 * MINUTE, "a/x"), ending(5 * MINUTE, "a/y")] },
      [mutual("a/a"), plain(LEGACY)],
      "1 of 2 edges mutual TLS; 1 certificate of ratings expired; legacy-report calls ledger in plaintext; " +
        "2 certificates expire soon, the first in 5 min",
    ],
    [
      "refused, by whoever",
      { refusals: [refusalOf({ count: 43 }), refusalOf({ source: null, count: 2 }), refusalOf({ source: "a/old", count: 0 })] },
      [mutual("a/a")],
      "1 of 2 edges mutual TLS; 1 edge refused; 45 connections of an unknown caller and legacy-report refused",
    ],
    [
      "refused by the caller",
      { refusals: [refusalOf({ source: "a/a", witness: "caller", reason: "wrongName", count: 9 })] },
      [mutual("a/a")],
      "The one edge is mutual TLS; 9 connections to ledger refused by a",
    ],
    [
      "refused by both sides, in one total",
      { refusals: [refusalOf({ count: 43 }), refusalOf({ source: "a/a", witness: "caller", count: 9 })] },
      [mutual("a/a")],
      "1 of 2 edges mutual TLS; 1 edge refused; 52 connections of a and legacy-report refused, 9 of them by a, who did not accept ledger",
    ],
    [
      "broken by what is declared, and otherwise than declared",
      { dials: [dialOf({ transport: "plaintext" })], listeners: [listenerOf({ demand: "strict" })] },
      [mutual("payments/payments")],
      "The one edge is mutual TLS; 1 edge cannot work as set up: payments to ledger; 1 edge otherwise than set up",
    ],
    [
      "a caller that the map does not have yet",
      { calls: [plaintextCallOf({ count: 3 }), callOf({ source: "a/old", count: 0 })] },
      [],
      "None of 1 edge mutual TLS; legacy-report calls ledger in plaintext; 1 edge set up but without calls",
    ],
    ["only its callers' own counts", {}, [{ ...unknown("a/b"), rate: null }], "None of 1 edge mutual TLS; 1 edge unknown"],
    ["unknown", {}, [mutual("a/a"), unknown("a/b")], "1 of 2 edges mutual TLS; 1 edge unknown"],
    [
      "one-way at the border",
      {},
      [mutual("a/a"), loadOf({ source: "internet", transport: { mutual: 0, oneWay: 9, plaintext: 0 } })],
      "1 of 2 edges mutual TLS; 1 edge one-way TLS",
    ],
    [
      "a certificate that has not begun",
      { certificates: [certificateOf({ validFrom: new Date(START_MS + MINUTE).toISOString() })] },
      [mutual("a/a")],
      "The one edge is mutual TLS; 1 certificate not valid yet",
    ],
  ])("%s", (_case, known, loads, sentence) => {
    expect(report(known, loads).sentence).toBe(sentence);
  });

  it("speaks of the instant that it is told", () => {
    const known = { certificates: [ending(9 * MINUTE)] };
    expect(report(known, [], { nowMs: START_MS + 5 * MINUTE }).sentence).toContain("1 certificate expires in 4 min");
    expect(report(known, [], { nowMs: START_MS + 9 * MINUTE }).sentence).toContain("1 certificate of ratings expired");
  });

  it("never says that all are mutual while anything else was seen, and counts what it summarises", () => {
    const edge = fc
      .record({
        source: fc.constantFrom("a/a", "a/b", "a/c", "a/d"),
        transport: fc.record({ mutual: fc.nat(2), oneWay: fc.nat(2), plaintext: fc.nat(2) }),
      })
      .map(loadOf);
    fc.assert(
      fc.property(fc.uniqueArray(edge, { selector: ({ id }) => id }), fc.nat(2), (loads, refused) => {
        const witness = loads.length % 2 === 0 ? "server" : "caller";
        const { summary, sentence, edges } = report({ refusals: [refusalOf({ count: refused, witness })] }, loads);
        const { mutual: good, oneWay, plaintext, mixed, unknown: dark } = summary;
        // Nobody declared anything: what is broken is what was refused.
        expect(good + oneWay + plaintext + mixed + dark + summary.broken).toBe(edges.length);
        expect(summary).toMatchObject({ edges: edges.length, refused });
        expect(good).toBe(loads.filter(({ transport }) => transport.mutual > 0 && transport.oneWay + transport.plaintext === 0).length);
        if (/^(All|The one)/.test(sentence)) expect(good).toBe(edges.length);
        expect(sentence.includes("plaintext")).toBe(edges.some(({ observed }) => observed.plaintext > 0));
        expect(sentence.includes("refused")).toBe(refused > 0);
        expect(sentence).not.toMatch(/NaN|undefined|null|Infinity/);
      }),
    );
  });
});

describe("the report", () => {
  const topology = topologyOf({ services: [serviceOf(LEDGER, { demand: "permissive" }), serviceOf("shop/cart"), serviceOf("shop/kv")] });

  it("is what the contract describes, and keeps to namespaces with their callers", () => {
    const known = factsOf({
      observedSinceMs: START_MS - MINUTE,
      certificates: [certificateOf(), certificateOf({ id: "k", nodeId: "shop/kv", proxyId: "kv" })],
      refusals: [
        refusalOf({ count: 4 }),
        refusalOf({ source: "shop/cart", target: "shop/kv" }),
        refusalOf({ source: null, target: "shop/kv" }),
      ],
      listeners: [listenerOf()],
      events: [{ atMs: START_MS, kind: "rotated", proxyId: "kv", nodeId: "shop/kv", secret: null, fromSerial: "1", toSerial: "2" }],
    });
    const loads = [plain(LEGACY), mutual("shop/cart"), loadOf({ source: "shop/cart", target: "shop/kv", protocol: "tcp" })];
    const whole = report(known, loads, { topology });
    expect(SecurityReport.parse(whole)).toEqual(whole);
    expect(whole.workloads.map(({ id }) => id)).toEqual([LEDGER, "shop/cart", "shop/kv"]);
    const part = report(known, loads, { topology, namespaces: ["payments"] });
    expect(part.edges.map(({ source, target }) => [source, target])).toEqual([
      [LEGACY, LEDGER],
      ["shop/cart", LEDGER],
    ]);
    expect(part.workloads.map(({ id }) => id)).toEqual([LEDGER]);
    expect(part.certificates.map(({ nodeId }) => nodeId)).toEqual(["payments/payments"]);
    expect([part.events, part.refusals.length, part.summary.edges, part.summary.refused]).toEqual([[], 1, 2, 4]);
    expect(part.sentence).toBe("1 of 2 edges mutual TLS; 4 connections of legacy-report refused; legacy-report calls ledger in plaintext");
    const [from, to] = [new Date(START_MS - MINUTE).toISOString(), new Date(START_MS).toISOString()];
    expect([part.callersWindow, report({}, [], { picture: joinFacts([]) }).callersWindow]).toEqual([{ from, to }, null]);
    expect(part.observedSince).toBe(new Date(START_MS - MINUTE).toISOString());
  });

  it("shares out all requests that were seen, at the border too, and no connections", () => {
    const loads = [
      mutual("a/a", 60),
      plain(LEGACY),
      unknown("a/b"),
      loadOf({ source: "internet", transport: { mutual: 0, oneWay: 12, plaintext: 0 } }),
      loadOf({ source: "a/c", protocol: "tcp", transport: { mutual: 0, oneWay: 0, plaintext: 99 } }),
    ];
    expect(report({}, loads).summary.mutualRequestShare).toBe(60 / 80);
    expect(report({ calls: [callOf({ count: 20 })] }, loads).summary.mutualRequestShare).toBe(80 / 100);
    expect(report({ dials: [dialOf()] }).summary.mutualRequestShare).toBeNull();
  });

  it("counts an edge with nothing but refusals as broken, not as unknown", () => {
    for (const witness of ["server", "caller"] as const) {
      const known = { refusals: [refusalOf({ witness })] };
      expect(report(known, [unknown("a/b")]).summary).toMatchObject({ edges: 2, unknown: 1, broken: 1, refused: 1 });
    }
  });

  it("is empty, not zero, of an empty mesh", () => {
    expect(report()).toMatchObject({
      observedSince: null,
      edges: [],
      workloads: [],
      summary: { edges: 0, certificates: { expired: 0, soon: 0, soonestExpiry: null } },
    });
  });
});
