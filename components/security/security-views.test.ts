import { describe, expect, test } from "vitest";

import type { AuthorizationDecision, AuthorizationStage, CertificateEvent, WhatIf } from "#lib/model/security.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { authorizationRows, decisionOrder, deniedOf, emptyStageWords, outcomeWords } from "./authorization-rows.ts";
import { byEnd, certificateRows, noCertificatesWords, recentEvents, timelineItems, timelineSentence } from "./certificate-rows.ts";
import { knowsNoProxy, reportGap } from "./report-gap.ts";
import { plaintextRate, summaryChips } from "./summary-chips.ts";
import { certificateOf, edgeOf, isoAt, plaintextEdgeOf, refusalOf, reportOf, silentEdgeOf, workloadOf } from "./testing/report.ts";
import { noCallersWords, proposedScope, reviewRefusal, scopeName, scopeOptions } from "./what-if-scopes.ts";

const HOUR = 3_600_000;
const plain = (text: string) => text.replaceAll("\u00a0", " ");

function event(at: number, nodeId = "a/a"): CertificateEvent {
  const [fromSerial, toSerial] = [null, "02"];
  return { at: isoAt(at), kind: "rotated", proxyId: `${nodeId}-0`, nodeId, secret: null, fromSerial, toSerial };
}

function decision(part: Partial<AuthorizationDecision>): AuthorizationDecision {
  return {
    source: "shop/a",
    identity: null,
    address: null,
    mode: "enforced",
    outcome: "allowed",
    policy: null,
    count: 1,
    lastSeen: isoAt(0),
    ...part,
  };
}

function stage(part: Partial<AuthorizationStage>): AuthorizationStage {
  return { action: "allow", mode: "enforced", policies: [], allowed: null, denied: null, ...part };
}

describe("the facts under the headline", () => {
  const report = reportOf({
    edges: [
      edgeOf("shop/frontend", "shop/catalog", { observed: { mutual: 970 } }),
      plaintextEdgeOf(),
      edgeOf("internet", "shop/gateway", { observed: { transport: "oneWay", mutual: 0, oneWay: 500 } }),
      silentEdgeOf("shop/a", "shop/b"),
    ],
    certificates: [
      certificateOf("reviews/reviews", 47 * 60_000, { status: "soon" }),
      certificateOf("shop/a", 10 * 60_000, { status: "valid" }),
      certificateOf("shop/b", -5, { status: "expired" }),
    ],
    refusals: [refusalOf({ count: 3 }), refusalOf({ source: null, count: 2 })],
  });

  test("say what needs a look first, each with its rows", () => {
    const said = summaryChips(report).map(({ tone, head, tail }) => [tone, plain(`${head} ${tail}`.trim())]);
    expect(said).toEqual([
      ["warn", "1 plaintext edge 0.5/s"],
      ["fail", "1 certificate expired"],
      ["warn", "1 certificate expires in"],
      ["warn", "5 refused connections"],
      ["ok", "1 edge mTLS"],
      ["unk", "1 edge without calls"],
      ["ok", "1 border edge TLS"],
    ]);
  });

  test("give the share of mutual TLS of all requests, the border's among them, or none", () => {
    const { summary } = report;
    const chip = (share: number | null) =>
      summaryChips({ ...report, summary: { ...summary, mutualRequestShare: share } }).find(({ key }) => key === "mutual");
    expect(plain(chip(0.75)?.tail ?? "")).toBe("75.0 % of all requests");
    expect(chip(null)?.tail).toBe("");
  });

  test("count down to the end of the one that is near it", () => {
    expect(summaryChips(report).find((chip) => chip.key === "soon")?.until).toBe(isoAt(47 * 60_000));
  });

  test("say nothing good of nothing", () => {
    expect(summaryChips(reportOf())).toEqual([]);
    const silent = summaryChips(reportOf({ edges: [silentEdgeOf("internet", "shop/gateway")] }));
    expect(silent.every((chip) => chip.tone === "unk")).toBe(true);
  });

  test("a rate that is not known is not 0", () => {
    expect(plaintextRate([plaintextEdgeOf(), plaintextEdgeOf({ rate: null })])).toBeNull();
    expect(plaintextRate([plaintextEdgeOf({ rate: 4, observed: { transport: "mixed", plaintext: 25, mutual: 75 } })])).toBe(1);
  });
});

describe("what a report lacks", () => {
  test.each([
    ["empty", reportOf({ observedSince: null }), "complete"],
    ["filtered", reportOf({ observedSince: null }), "complete", true],
    [null, reportOf({ workloads: [workloadOf("a/a")] }), "partial", true],
    ["stale", reportOf({ edges: [edgeOf("a/a", "a/b")] }), "stale"],
    ["unwatched", reportOf({ edges: [silentEdgeOf("a/a", "a/b")], observedSince: null }), "partial"],
    ["unnamed", reportOf({ edges: [silentEdgeOf("a/a", "a/b"), edgeOf("a/b", "a/c")], observedSince: null }), "partial"],
    ["unseen", reportOf({ edges: [silentEdgeOf("a/a", "a/b")] }), "complete"],
    [null, reportOf({ edges: [silentEdgeOf("a/a", "a/b"), edgeOf("a/b", "a/c")] }), "complete"],
    [null, reportOf({ workloads: [workloadOf("a/a")] }), "partial"],
  ] as const)("%s", (gap, report, coverage, isNarrowed?: boolean) => expect(reportGap(report, coverage, isNarrowed ?? false)).toBe(gap));
});

test("no proxy is known where no workload has one", () => {
  expect(knowsNoProxy(undefined)).toBe(false);
  expect(knowsNoProxy(reportOf({ workloads: [workloadOf("a/a")] }))).toBe(false);
  expect(knowsNoProxy(reportOf({ workloads: [workloadOf("a/a", { proxies: { n: 0, of: 0 } })] }))).toBe(true);
});

describe("certificates", () => {
  test("whose end is nearest comes first, one without an end last", () => {
    const rows = [certificateOf("a/a", null), certificateOf("a/b", 9 * HOUR), certificateOf("a/c", -HOUR), certificateOf("a/d", HOUR)];
    expect(rows.toSorted(byEnd).map(({ nodeId }) => nodeId)).toEqual(["a/c", "a/d", "a/b", "a/a"]);
  });

  test("are narrowed to one workload, and found by serial, issuer and name", () => {
    const one = certificateOf("a/a", HOUR, { serial: "0aff", names: ["a.example"] });
    const other = certificateOf("a/b", HOUR, { serial: "0bff", issuer: "CN=other" });
    expect(certificateRows([one, other], "a/b", "")).toEqual([other]);
    expect(certificateRows([one, other], "", "0AFF a.example")).toEqual([one]);
    expect(certificateRows([one, other], "", "other")).toEqual([other]);
  });

  test("an authority that every proxy trusts is one mark; what has no end is none", () => {
    const root = { role: "authority", serial: "01", subject: "CN=mesh root" } as const;
    const items = timelineItems(
      [
        certificateOf("a/a", 200 * 24 * HOUR, { ...root, proxyId: "a-0" }),
        certificateOf("a/b", 200 * 24 * HOUR, { ...root, proxyId: "b-0" }),
        certificateOf("a/a", HOUR, { status: "soon" }),
        certificateOf("a/c", null),
      ],
      START_MS,
    );
    expect(items.map(({ name, tone, leftMs }) => [name, tone, leftMs])).toEqual([
      ["CN=mesh root", "ok", 200 * 24 * HOUR],
      ["a", "warn", HOUR],
    ]);
    expect(timelineSentence(items)).toBe("2 certificates by time left: 1 near the end, 1 with time left");
  });

  test("that are hidden by a filter are not said to be unknown to everybody", () => {
    expect(noCertificatesWords("", [])).toContain("No proxy told of a certificate");
    expect(noCertificatesWords("payments/ledger", ["payments"])).toBe("No certificate that a proxy told of is of ledger.");
    expect(noCertificatesWords("", ["a", "b"])).toBe(
      "No certificate is known in namespaces a and b. Those of other namespaces are hidden.",
    );
  });

  test("events of the last hour, newest first", () => {
    const all = [event(-2 * HOUR), event(-HOUR / 2), event(-60_000, "a/b")];
    expect(recentEvents(all, "", START_MS).map(({ at }) => at)).toEqual([isoAt(-60_000), isoAt(-HOUR / 2)]);
    expect(recentEvents(all, "a/a", START_MS).map(({ at }) => at)).toEqual([isoAt(-HOUR / 2)]);
  });
});

describe("what STRICT would break", () => {
  const workloads = [
    workloadOf("payments/ledger", { demand: "permissive", plaintextCallers: ["unknown/legacy-report"] }),
    workloadOf("payments/cards", { demand: "permissive" }),
    workloadOf("shop/cart"),
  ];

  test("asks first about the workload that is called in plaintext, and about everything where none is open", () => {
    expect(proposedScope(workloads)).toEqual({ kind: "workload", id: "payments/ledger" });
    expect(proposedScope(workloads.slice(1))).toEqual({ kind: "workload", id: "payments/cards" });
    expect(proposedScope(workloads.slice(2))).toEqual({ kind: "mesh", id: null });
    expect(scopeName({ kind: "workload", id: "payments/ledger" })).toBe("ledger");
  });

  test("offers every workload and namespace", () => {
    const options = scopeOptions(workloads);
    expect(options.workloads.map(({ value, note }) => [value, note])).toEqual([
      ["workload:payments/cards", "permissive"],
      ["workload:payments/ledger", "permissive"],
      ["workload:shop/cart", "strict"],
    ]);
    expect(options.namespaces.map(({ value, note }) => [value, note])).toEqual([
      ["namespace:payments", "2"],
      ["namespace:shop", "1"],
    ]);
  });

  test.each([
    ["already", "x", null, "It is strict already."],
    ["notSteerable", null, "It is written elsewhere.", "It is written elsewhere."],
    ["steerable", null, null, "The object that holds its demand is not known."],
    ["steerable", "x", null, "Weft is read-only."],
  ] as const)("%s cannot be reviewed, with its reason", (standing, objectId, reason, said) => {
    const workload: WhatIf["workloads"][number] = { id: "a/a", demand: "permissive", standing, objectId, reason };
    expect(reviewRefusal(workload, "Weft is read-only.")).toBe(said);
    if (standing === "steerable" && objectId !== null) expect(reviewRefusal(workload, null)).toBeNull();
  });
});

describe("a list without callers", () => {
  const open = { id: "a/a", demand: "permissive", standing: "steerable", objectId: "x", reason: null } as const;
  const strict = { ...open, demand: "strict", standing: "already" } as const;
  const caller = {
    source: "a/b",
    target: "a/a",
    identity: null,
    address: null,
    effect: "keeps",
    count: 1,
    lastSeen: null,
    reason: "",
  } as const;

  test.each([
    [{ callers: [caller], workloads: [strict], observedSince: isoAt(0) }, null],
    [{ callers: [], workloads: [], observedSince: isoAt(0) }, null],
    [{ callers: [], workloads: [open], observedSince: null }, "Nobody watches who calls, so no caller can be named."],
    [{ callers: [], workloads: [strict], observedSince: isoAt(0) }, "Plaintext is refused already, so no caller stands to lose anything."],
    [{ callers: [], workloads: [open], observedSince: isoAt(0) }, "No call to it was seen for as long as callers are watched."],
    [
      { callers: [], workloads: [open, strict], observedSince: isoAt(0) },
      "No call to any of these workloads was seen for as long as callers are watched.",
    ],
  ])("is worded by what is empty: %#", ({ callers, workloads, observedSince }, said) => {
    expect(noCallersWords({ callers: [...callers], workloads: [...workloads], observedSince })).toBe(said);
  });
});

describe("authorization", () => {
  test("what a shadow would have denied was not denied", () => {
    const shadow = decision({ mode: "shadow", outcome: "denied", count: 9 });
    expect(deniedOf({ decisions: [shadow], stages: [stage({ mode: "shadow", denied: 9 })] })).toBe(0);
    expect(deniedOf({ decisions: [shadow, decision({ outcome: "denied", count: 4 })], stages: [stage({ denied: 5 })] })).toBe(5);
    expect(outcomeWords(shadow)).toBe("would be denied");
  });

  test("denied ones come first, real ones before those of a shadow", () => {
    const order = decisionOrder([
      decision({ source: "a", count: 90 }),
      decision({ source: "b", mode: "shadow", outcome: "denied", count: 50 }),
      decision({ source: "c", outcome: "denied", count: 1 }),
      decision({ source: "d", outcome: "denied", count: 7 }),
    ]);
    expect(order.map(({ source }) => source)).toEqual(["d", "c", "b", "a"]);
  });

  test("workloads that denied somebody come first", () => {
    const quiet = { id: "a/a", stages: [], decisions: [] };
    const busy = { id: "z/z", stages: [], decisions: [decision({ outcome: "denied" })] };
    expect(authorizationRows([quiet, busy], "", "")).toEqual([busy, quiet]);
    expect(authorizationRows([quiet, busy], "a/a", "")).toEqual([quiet]);
    expect(authorizationRows([quiet, busy], "", "shop/a")).toEqual([busy]);
  });

  test("an empty step is not said to be harmless when it is not", () => {
    expect(emptyStageWords(stage({}))).toContain("no request can be allowed");
    expect(emptyStageWords(stage({ action: "deny" }))).toContain("denies nothing");
    expect(emptyStageWords(stage({ mode: "shadow" }))).toContain("decides nothing");
  });
});
