import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WhatIf } from "#lib/model/security.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";
import { serviceOf, START_MS } from "#lib/testing/builders.ts";
import { callOf, dialOf, listenerOf, loadOf, pictureOf, plaintextCallOf } from "#lib/testing/security-builders.ts";

import { judgeWhatIf, type WhatIfFacts } from "./what-if.ts";

const MINUTE = 60_000;
const LEDGER = "payments/ledger";
const NOW_MS = START_MS + 14 * MINUTE;

const LEFT_OUT = "; shop/gateway takes callers from outside without a certificate and is left out";

const SERVICES = [
  serviceOf(LEDGER, { demand: "permissive" }),
  serviceOf("payments/payments", { demand: "strict" }),
  serviceOf("shop/gateway", { demand: "oneWay", kind: "gateway" }),
  serviceOf("external/card", { demand: "unknown", kind: "external" }),
];

function facts(known: Partial<SecurityFacts> = {}, part: Partial<WhatIfFacts> = {}): WhatIfFacts {
  const place = { id: "folder:ledger", workload: LEDGER, demand: "permissive" as const, location: "ledger.json", problem: null };
  return {
    scope: { kind: "mesh", id: null },
    services: SERVICES,
    declared: [],
    picture: pictureOf({ observedSinceMs: START_MS, ...known }),
    loads: [],
    steering: { places: new Map([[LEDGER, [place]]]), missing: "It is written nowhere" },
    isComplete: true,
    nowMs: NOW_MS,
    ...part,
  };
}

function judge(known: Partial<SecurityFacts> = {}, part: Partial<WhatIfFacts> = {}): WhatIf {
  const judged = judgeWhatIf(facts(known, part));
  if (judged === null) throw new Error("no workload in scope");
  return WhatIf.parse(judged);
}

function effects(judged: WhatIf): [string, string, number][] {
  return judged.callers.map(({ source, effect, count }) => [source, effect, count]);
}

describe("who would be refused", () => {
  it("is exactly who was seen without a certificate, with counts and the last call", () => {
    const judged = judge({
      calls: [
        plaintextCallOf({ count: 600, lastSeenMs: NOW_MS - 5_000 }),
        plaintextCallOf({ count: 72, protocol: "grpc", lastSeenMs: NOW_MS - 9_000 }),
        callOf({ count: 5_000 }),
      ],
      dials: [dialOf(), dialOf({ source: "shop/cart" })],
    });
    expect(effects(judged)).toEqual([
      ["unknown/legacy-report", "refused", 672],
      ["shop/cart", "unknown", 0],
      ["payments/payments", "keeps", 5_000],
    ]);
    expect(judged.callers.map(({ reason }) => reason)).toEqual([
      "It was seen to call in plaintext",
      "It is set up to call payments/ledger with mutual TLS, but no call was seen",
      "It was seen to call over mutual TLS only",
    ]);
    expect(judged.callers[0]).toMatchObject({ address: "10.0.0.9", identity: null, lastSeen: new Date(NOW_MS - 5_000).toISOString() });
    expect(judged.sentence).toBe("1 caller would be refused: legacy-report, 672 requests in 14 min; of cart nothing is known" + LEFT_OUT);
    expect(judged.certainty).toBe("Watched for 14 min. A caller that runs once a week would not show.");
    expect(judged).toMatchObject({ observedMs: 14 * MINUTE, observedSince: new Date(START_MS).toISOString() });
  });

  it("is also who shows no certificate over TLS, and who calls both ways with that part only", () => {
    const judged = judge({
      calls: [callOf({ count: 9 }), callOf({ transport: "oneWay", identity: null, count: 1 })],
    });
    expect(effects(judged)).toEqual([
      ["payments/payments", "refused", 1],
      ["payments/payments", "keeps", 9],
    ]);
    expect(judged.callers[1]?.reason).toMatch(/^Its calls as spiffe:.* over mutual TLS would go on$/);
  });

  it("rests on the map's counts where no source watched the edge, and unknown transport is unknown", () => {
    const judged = judge(
      { calls: [callOf({ count: 3 })] },
      {
        loads: [
          loadOf({ source: "unknown/old", transport: { mutual: 0, oneWay: 0, plaintext: 8 } }),
          loadOf({ source: "shop/safe", transport: { mutual: 8, oneWay: 0, plaintext: 0 } }),
          loadOf({ source: "shop/dark", transport: { mutual: 0, oneWay: 0, plaintext: 0 }, arrived: 4 }),
          loadOf({ source: "payments/payments", transport: { mutual: 3, oneWay: 0, plaintext: 2 } }),
        ],
      },
    );
    expect(effects(judged)).toEqual([
      ["unknown/old", "refused", 8],
      ["payments/payments", "refused", 2],
      ["shop/dark", "unknown", 4],
      ["shop/safe", "keeps", 8],
      ["payments/payments", "keeps", 3],
    ]);
  });

  it("is nobody of a workload that is strict already: nothing changes for those who call it", () => {
    const judged = judge(
      {
        calls: [
          callOf({ source: "shop/checkout", target: "payments/payments", count: 7 }),
          plaintextCallOf({ target: "payments/payments" }),
        ],
      },
      { loads: [loadOf({ source: "shop/dark", target: "payments/payments", transport: { mutual: 3, oneWay: 0, plaintext: 0 } })] },
    );
    expect(effects(judged)).toEqual([
      ["unknown/legacy-report", "unknown", 1],
      ["shop/checkout", "keeps", 7],
      ["shop/dark", "keeps", 3],
    ]);
    expect(judged.callers.map(({ reason }) => reason)).toEqual([
      "It called without a certificate before mutual TLS was demanded: it is refused already",
      "Mutual TLS is demanded of it already, and it calls so",
      "Mutual TLS is demanded of it already, and it calls so",
    ]);
    expect(judged.sentence).toBe(
      `No caller of what is not strict yet was seen in 14 min, so nobody is known who would be refused${LEFT_OUT}`,
    );
  });

  it("is no visitor of a service that is known as no gateway, either", () => {
    const services = [serviceOf("shop/gateway", { demand: "unknown" }), serviceOf(LEDGER, { demand: "unknown" })];
    const loads = [
      loadOf({ source: "internet", target: "shop/gateway", transport: { mutual: 0, oneWay: 500, plaintext: 0 } }),
      loadOf({ source: "unknown/unidentified", target: LEDGER, transport: { mutual: 0, oneWay: 0, plaintext: 40 } }),
    ];
    const judged = judge({ observedSinceMs: null }, { services, loads });
    expect(effects(judged)).toEqual([["unknown/unidentified", "refused", 40]]);
    expect(judged.sentence).toBe(`1 caller would be refused: unidentified, 40 requests${LEFT_OUT}`);
  });

  it("is nobody of a gateway unless it is asked about itself: then it is every visitor", () => {
    const calls = [plaintextCallOf({ source: "internet", target: "shop/gateway" }), plaintextCallOf({ target: "external/card" })];
    expect(judge({ calls }).callers).toEqual([]);
    const gateway = judge({ calls }, { scope: { kind: "workload", id: "shop/gateway" } });
    expect(effects(gateway)).toEqual([["internet", "refused", 1]]);
    expect(gateway.sentence).toBe(
      "Every visitor would be refused: shop/gateway takes callers from outside, who have no certificate of the mesh; " +
        "1 caller would be refused: internet, 1 request in 14 min",
    );
    const alone = judge({ calls }, { scope: { kind: "namespace", id: "shop" } });
    expect([alone.callers, alone.sentence]).toEqual([[], `Nothing would change${LEFT_OUT}`]);
    const services = [serviceOf("shop/gateway", { demand: "strict", kind: "gateway" })];
    const strict = judge({ calls: [callOf({ target: "shop/gateway" })] }, { services });
    expect([effects(strict), strict.sentence]).toEqual([
      [["payments/payments", "keeps", 1]],
      "Nothing would change: mutual TLS is demanded already, and 1 caller came with it in 14 min",
    ]);
  });
});

describe("the scope", () => {
  const known = { calls: [plaintextCallOf(), plaintextCallOf({ target: "shop/seen" })], listeners: [listenerOf({ nodeId: "shop/seen" })] };

  it.each([
    [{ kind: "mesh", id: null }, [LEDGER, "payments/payments", "shop/gateway", "shop/seen"], 2],
    [{ kind: "namespace", id: "payments" }, [LEDGER, "payments/payments"], 1],
    [{ kind: "namespace", id: "shop" }, ["shop/gateway", "shop/seen"], 1],
    [{ kind: "workload", id: LEDGER }, [LEDGER], 1],
  ] as const)("%j", (scope, ids, refused) => {
    const judged = judge(known, { scope });
    expect(judged.workloads.map(({ id }) => id)).toEqual(ids);
    expect(judged.callers.filter(({ effect }) => effect === "refused")).toHaveLength(refused);
  });

  it("is nothing where it holds no workload", () => {
    expect(judgeWhatIf(facts(known, { scope: { kind: "namespace", id: "none" } }))).toBeNull();
    expect(judgeWhatIf(facts(known, { scope: { kind: "workload", id: "external/card" } }))).toBeNull();
  });

  it("says of each workload whether it can be steered, and why not", () => {
    expect(judge(known).workloads).toEqual([
      { id: LEDGER, demand: "permissive", standing: "steerable", objectId: "folder:ledger", reason: null },
      { id: "payments/payments", demand: "strict", standing: "already", objectId: null, reason: null },
      {
        id: "shop/gateway",
        demand: "oneWay",
        standing: "notSteerable",
        objectId: null,
        reason: "It is a gateway: callers from outside the mesh have no certificate of the mesh",
      },
      { id: "shop/seen", demand: "permissive", standing: "notSteerable", objectId: null, reason: "It is written nowhere" },
    ]);
  });
});

describe("what is said", () => {
  const strict = { scope: { kind: "workload", id: "payments/payments" } } as const;
  const ledger = { scope: { kind: "workload", id: LEDGER } } as const;
  it.each<[string, Partial<SecurityFacts>, Partial<WhatIfFacts>, string]>([
    ["all strict", {}, strict, "Nothing would change: mutual TLS is demanded already"],
    ["nobody seen", {}, ledger, "No caller was seen in 14 min, so nobody is known who would be refused"],
    ["nothing watched", { observedSinceMs: null }, ledger, "Nobody can say who would be refused: no calls were watched"],
    ["only silent ones", { dials: [dialOf()] }, ledger, "Nobody can say who would be refused: of payments nothing was seen in 14 min"],
    ["only safe ones", { calls: [callOf()] }, ledger, "No caller that was seen would be refused: 1 caller with mutual TLS only in 14 min"],
    [
      "several",
      { calls: ["a/x", "a/y", "a/z", "b/v", "b/w"].map((source) => plaintextCallOf({ source, count: 2 })) },
      ledger,
      "5 callers would be refused: x, y, z and 2 more, 10 requests in 14 min",
    ],
    [
      "two of one name",
      { calls: ["a/job", "b/job"].map((source) => plaintextCallOf({ source })) },
      ledger,
      "2 callers would be refused: a/job and b/job, 2 requests in 14 min",
    ],
  ])("%s", (_case, known, part, sentence) => {
    expect(judge(known, part).sentence).toBe(sentence);
  });

  it.each([
    [14 * MINUTE, true, "Watched for 14 min. A caller that runs once a week would not show."],
    [8 * 86_400_000, true, "Watched for 8 d. A caller that runs once a month would not show."],
    [40 * 86_400_000, true, "Watched for 40 d. A caller that runs once a year would not show."],
    [
      MINUTE,
      false,
      "Watched for 1 min. A caller that runs once a week would not show. Not every proxy answered: what they saw is missing.",
    ],
  ])("after %d ms", (observedMs, isComplete, certainty) => {
    expect(judge({}, { nowMs: START_MS + observedMs, isComplete }).certainty).toBe(certainty);
  });

  it("is honest where nobody watches, and where the watch began in the future", () => {
    expect(judge({ observedSinceMs: null }).certainty).toBe(
      "Nobody watches callers. What is said here rests on the counts of the last hour alone.",
    );
    expect(judge({ observedSinceMs: NOW_MS + 1 }).observedMs).toBe(0);
  });
});

describe("any watch", () => {
  it("refuses all who were seen without a certificate, keeps nobody else than seen with one, in any order", () => {
    const call = fc
      .record({
        source: fc.constantFrom("a/a", "a/b", "a/c"),
        target: fc.constantFrom(LEDGER, "payments/payments"),
        transport: fc.constantFrom("mutual", "oneWay", "plaintext"),
        address: fc.constantFrom(null, "10.0.0.1"),
        count: fc.nat(5),
      })
      .map((part) => callOf(part as Parameters<typeof callOf>[0]));
    const load = fc
      .record({
        source: fc.constantFrom("a/a", "a/b", "a/d"),
        transport: fc.record({ mutual: fc.nat(2), oneWay: fc.nat(2), plaintext: fc.nat(2) }),
      })
      .map(loadOf);
    fc.assert(
      fc.property(fc.array(call), fc.uniqueArray(load, { selector: ({ id }) => id }), (calls, loads) => {
        const judged = judge({ calls }, { loads });
        const bare = [
          ...calls.filter(({ target, transport }) => target === LEDGER && transport !== "mutual").map(({ source }) => source),
          ...loads.filter(({ transport }) => transport.oneWay + transport.plaintext > 0).map(({ source }) => source),
        ];
        const named = judged.callers.filter(({ effect }) => effect === "refused").map(({ source }) => source);
        expect(new Set(named)).toEqual(new Set(bare));
        const shown = new Set([
          ...calls.filter(({ transport }) => transport === "mutual").map(({ source }) => source),
          ...loads.filter(({ transport }) => transport.mutual > 0).map(({ source }) => source),
        ]);
        for (const { source, effect } of judged.callers) if (effect === "keeps") expect(shown).toContain(source);
        const turned = judge({ calls: calls.toReversed() }, { loads: loads.toReversed() });
        expect(turned.callers).toEqual(judged.callers);
      }),
    );
  });
});
