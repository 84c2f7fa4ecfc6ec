import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TlsPosture } from "#lib/model/security.ts";
import { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";
import { START_MS } from "#lib/testing/builders.ts";
import {
  callOf,
  certificateOf,
  dialOf,
  listenerOf,
  loadOf,
  PAYMENTS_URI,
  pictureOf,
  plaintextCallOf,
  refusalOf,
} from "#lib/testing/security-builders.ts";

import { buildPostures, type PostureFacts } from "./tls-posture.ts";

const READ_AT = new Date(START_MS + 59_000).toISOString();
const LEDGER = "payments/ledger";
const PAYMENTS = "payments/payments";
const LEGACY = "unknown/legacy-report";

function postures(known: Partial<SecurityFacts> = {}, part: Partial<PostureFacts> = {}): TlsPosture[] {
  return buildPostures({
    picture: pictureOf(known),
    loads: [],
    declared: [],
    declaredBy: "config",
    readAt: new Map([
      ["config", READ_AT],
      ["doors", READ_AT],
    ]),
    demands: new Map(),
    toMs: START_MS + 60_000,
    ...part,
  });
}

function posture(known: Partial<SecurityFacts> = {}, part: Partial<PostureFacts> = {}): TlsPosture {
  const [only, ...others] = postures(known, part);
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} edges instead of one`);
  return only;
}

function texts(edge: TlsPosture): string[] {
  return edge.evidence.map(({ text }) => text);
}

describe("one edge", () => {
  it("sets what both sides say, by whom, beside what was seen and since when", () => {
    const edge = posture(
      {
        calls: [
          callOf({ count: 660, firstSeenMs: START_MS - 5_000, lastSeenMs: START_MS + 1_000 }),
          callOf({ count: 0, tlsVersion: "TLSv1.2", firstSeenMs: START_MS - 9_000, lastSeenMs: START_MS - 8_000 }),
        ],
        dials: [dialOf({ ciphers: ["TLS_AES_128_GCM_SHA256"], tlsVersions: ["TLSv1.3"] })],
        listeners: [listenerOf()],
        certificates: [certificateOf()],
      },
      { loads: [loadOf({ transport: { mutual: 660, oneWay: 0, plaintext: 0 }, rate: 11 })], demands: new Map([[LEDGER, "permissive"]]) },
    );
    expect(TlsPosture.parse(edge)).toEqual(edge);
    expect(edge).toMatchObject({
      id: `${PAYMENTS}|${LEDGER}|http`,
      declared: {
        client: "mutual",
        clientBy: [{ proxyId: "payments-v1-0.payments", place: "to-ledger", says: "mutual TLS" }],
        server: "permissive",
        serverBy: [{ proxyId: "ledger-v1-0.payments", place: "inbound", says: "mutual TLS, and plaintext as well" }],
        verdict: "mutual",
      },
      observed: {
        transport: "mutual",
        mutual: 660,
        oneWay: 0,
        plaintext: 0,
        mutualShare: 1,
        tlsVersions: ["TLSv1.2", "TLSv1.3"],
        ciphers: ["TLS_AES_128_GCM_SHA256"],
        since: new Date(START_MS - 9_000).toISOString(),
        lastSeen: new Date(START_MS + 1_000).toISOString(),
      },
      agreement: "agrees",
      refusals: [],
      callerExpiresAt: certificateOf().expiresAt,
      rate: 11,
    });
    expect(edge.callers.map(({ identity, count }) => [identity?.account, count])).toEqual([
      ["payments", 660],
      ["payments", 0],
    ]);
    expect(texts(edge)).toEqual([
      "Seen in the window: 660 requests over mutual TLS",
      `Called by ${PAYMENTS_URI} over TLSv1.3 from 10.0.0.7`,
      `Called by ${PAYMENTS_URI} over TLSv1.2 from 10.0.0.7`,
      "First seen over mutual TLS; that it was so at all times since is not told",
      "Set up so by payments-v1-0.payments: payments calls ledger with mutual TLS",
      "Set up so by ledger-v1-0.payments: ledger takes mutual TLS, and plaintext as well",
    ]);
    expect(edge.evidence.map(({ source }) => source)).toEqual(["meters", "doors", "doors", "doors", "doors", "doors"]);
    expect(edge.evidence.slice(3).map(({ observedAt }) => observedAt)).toEqual([
      new Date(START_MS - 9_000).toISOString(),
      READ_AT,
      READ_AT,
    ]);
  });

  it("names a plaintext caller of a permissive listener by its address, and calls nothing agreed that it did not declare", () => {
    const edge = posture(
      { calls: [plaintextCallOf({ count: 12 })], listeners: [listenerOf()], certificates: [certificateOf({ nodeId: LEGACY })] },
      { loads: [loadOf({ source: LEGACY, transport: { mutual: 0, oneWay: 0, plaintext: 12 } })] },
    );
    expect(edge).toMatchObject({
      declared: { client: "unknown", clientBy: [], server: "permissive", verdict: "unknown" },
      observed: { transport: "plaintext", mutualShare: 0, tlsVersions: [] },
      agreement: "unknown",
      callers: [{ identity: null, address: "10.0.0.9", transport: "plaintext", tlsVersion: null, count: 12 }],
      callerExpiresAt: null,
    });
    expect(texts(edge).slice(0, 2)).toEqual([
      "Seen in the window: 12 requests in plaintext",
      "Called in plaintext from 10.0.0.9, without a certificate",
    ]);
  });

  it("is unknown where nobody told the transport, whatever is declared", () => {
    const edge = posture(
      { dials: [dialOf()], listeners: [listenerOf({ demand: "strict" })] },
      { loads: [loadOf({ transport: { mutual: 0, oneWay: 0, plaintext: 0 }, arrived: 30 })] },
    );
    expect(edge).toMatchObject({
      declared: { verdict: "mutual" },
      observed: { transport: "unknown", mutualShare: null, since: null, lastSeen: null },
      agreement: "unknown",
    });
    expect(texts(edge)[0]).toBe("30 requests in the window; how they travelled was not told");
  });

  it("differs where plaintext comes from whom mutual TLS is declared, and where what cannot work does", () => {
    const loads = [loadOf({ transport: { mutual: 9, oneWay: 0, plaintext: 1 } })];
    const mixed = posture({ dials: [dialOf()], listeners: [listenerOf()] }, { loads });
    expect(mixed).toMatchObject({ observed: { transport: "mixed", mutualShare: 0.9 }, agreement: "differs" });
    const broken = posture({ dials: [dialOf()], listeners: [listenerOf({ demand: "off" })] }, { loads: [loadOf()] });
    expect(broken).toMatchObject({ declared: { verdict: "broken" }, agreement: "differs" });
  });

  it("is mixed where replicas lead to different things, and either of them agrees", () => {
    const known = {
      dials: [dialOf(), dialOf({ proxyId: "payments-v1-1", transport: "plaintext" })],
      listeners: [listenerOf()],
    };
    const edge = posture(known, { loads: [loadOf({ transport: { mutual: 0, oneWay: 0, plaintext: 4 } })] });
    expect(edge).toMatchObject({ declared: { client: "mixed", verdict: "mixed" }, agreement: "agrees" });
    const half = posture({ ...known, listeners: [listenerOf(), listenerOf({ proxyId: "ledger-v1-1", demand: "unknown" })] });
    expect(half.declared).toMatchObject({ server: "permissive", verdict: "mixed" });
  });

  it("takes declarations from the topology where no proxy tells its own", () => {
    const edge = posture(
      {},
      { declared: [{ source: PAYMENTS, target: LEDGER, client: "plaintext" }], demands: new Map([[LEDGER, "strict"]]) },
    );
    expect(edge).toMatchObject({ declared: { client: "plaintext", server: "strict", verdict: "broken" }, rate: null });
    expect(edge.evidence).toEqual([{ text: "payments is set up to call ledger with plaintext", source: "config", observedAt: READ_AT }]);
  });

  it("holds what was refused, with its claims, and exists by it alone", () => {
    const edges = postures(
      {
        refusals: [
          refusalOf({ count: 3, reason: "wrongName", claimed: "spiffe://elsewhere/ns/a/sa/b", lastSeenMs: START_MS + 7_000 }),
          refusalOf({ count: 43 }),
          refusalOf({ source: null, count: 5 }),
        ],
        listeners: [listenerOf({ demand: "strict" })],
      },
      { loads: [loadOf({ source: "a/b", protocol: "grpc" })] },
    );
    expect(edges.map(({ id }) => id)).toEqual([`${LEGACY}|${LEDGER}|grpc`, `a/b|${LEDGER}|grpc`]);
    const [edge] = edges;
    expect(edge?.refusals.map(({ count, claimed }) => [count, claimed?.trustDomain])).toEqual([
      [43, undefined],
      [3, "elsewhere"],
    ]);
    expect(edge).toMatchObject({ observed: { transport: "unknown" }, agreement: "unknown", rate: null });
    expect(edge?.evidence.slice(0, 2)).toEqual([
      {
        text: "43 connections refused by payments/ledger: plaintext was refused then",
        source: "doors",
        observedAt: new Date(START_MS + 7_000).toISOString(),
      },
      {
        text: "3 connections refused by payments/ledger: the caller's certificate had a name that was not accepted",
        source: "doors",
        observedAt: new Date(START_MS + 7_000).toISOString(),
      },
    ]);
  });
});

describe("edges of a mesh", () => {
  it("are those with calls, those remembered, those set up and those refused; nobody calls himself", () => {
    const edges = postures(
      {
        calls: [plaintextCallOf({ count: 0 }), plaintextCallOf({ source: "unknown/new", count: 2 })],
        dials: [dialOf(), dialOf({ source: LEDGER, target: LEDGER })],
        refusals: [refusalOf({ source: "unknown/rogue" })],
      },
      { loads: [loadOf({ source: "internet", target: "shop/gateway", transport: { mutual: 0, oneWay: 5, plaintext: 0 } })] },
    );
    expect(edges.map(({ source, observed }) => [source, observed.transport])).toEqual([
      ["unknown/new", "plaintext"],
      ["unknown/rogue", "unknown"],
      [PAYMENTS, "unknown"],
      [LEGACY, "unknown"],
      ["internet", "oneWay"],
    ]);
  });

  it("stand plaintext first, then what is refused, broken, otherwise than declared or unknown; what is well comes last", () => {
    const plain = { mutual: 0, oneWay: 0, plaintext: 1 };
    const edges = postures(
      {
        dials: [dialOf({ source: "b/broken", transport: "plaintext" })],
        listeners: [listenerOf({ demand: "strict" })],
        refusals: [refusalOf({ source: "a/mutual-busy" })],
      },
      {
        loads: [
          loadOf({ source: "a/mutual" }),
          loadOf({ source: "a/mutual-busy", rate: 100 }),
          loadOf({ source: "a/unknown", transport: { mutual: 0, oneWay: 0, plaintext: 0 } }),
          loadOf({ source: "a/one-way", transport: { mutual: 0, oneWay: 1, plaintext: 0 } }),
          loadOf({ source: "a/mixed", transport: { mutual: 1, oneWay: 0, plaintext: 1 } }),
          loadOf({ source: "a/plain", transport: plain, rate: 1 }),
          loadOf({ source: "a/plain-busy", transport: plain, rate: 2 }),
        ],
      },
    );
    expect(edges.map(({ source }) => source.slice(2))).toEqual([
      "plain-busy",
      "plain",
      "mixed",
      "mutual-busy",
      "broken",
      "unknown",
      "one-way",
      "mutual",
    ]);
  });
});

const node = fc.constantFrom(PAYMENTS, LEDGER, LEGACY, "shop/a", "internet");
const transports = fc.record({ mutual: fc.nat(9), oneWay: fc.nat(9), plaintext: fc.nat(9) });
const loads = fc.uniqueArray(
  fc.record({ source: node, target: node, protocol: fc.constantFrom("http", "grpc"), transport: transports }).map(loadOf),
  { selector: ({ id }) => id, maxLength: 8 },
);
const known: fc.Arbitrary<Partial<SecurityFacts>> = fc.record({
  calls: fc.array(
    fc
      .record({
        source: node,
        target: node,
        protocol: fc.constantFrom("http", "grpc"),
        transport: fc.constantFrom("mutual", "oneWay", "plaintext"),
        count: fc.nat(5),
        firstSeenMs: fc.integer({ min: START_MS - 9, max: START_MS }),
      })
      .map(callOf),
    { maxLength: 8 },
  ),
  dials: fc.array(fc.record({ source: node, target: node, transport: fc.constantFrom(...TransportSecurity.options) }).map(dialOf), {
    maxLength: 4,
  }),
  listeners: fc.array(fc.record({ nodeId: node, demand: fc.constantFrom(...ServerDemand.options) }).map(listenerOf), { maxLength: 4 }),
  refusals: fc.array(fc.record({ source: fc.option(node, { nil: null }), target: node, count: fc.nat(5) }).map(refusalOf), {
    maxLength: 4,
  }),
});

/** What an edge is, without the texts whose order follows that of the proxies. */
function core(built: readonly TlsPosture[]): unknown[] {
  return built.map(({ id, declared, observed, agreement, refusals }) => [
    id,
    [declared.client, declared.server, declared.verdict],
    observed,
    agreement,
    refusals.length,
  ]);
}

describe("any mesh", () => {
  it("has the map's counts, once each, those of callers where the map has none, and nothing unknown passes for safe", () => {
    fc.assert(
      fc.property(loads, known, (edges, facts) => {
        const built = postures(facts, { loads: edges });
        const onMap = new Set(edges.map(({ id }) => id));
        const sum = (of: (counts: { mutual: number; oneWay: number; plaintext: number }) => number): [number, number] => [
          built.filter(({ id }) => onMap.has(id)).reduce((total, { observed }) => total + of(observed), 0),
          edges.reduce((total, { transport }) => total + of(transport), 0),
        ];
        for (const of of [({ mutual }) => mutual, ({ oneWay }) => oneWay, ({ plaintext }) => plaintext] satisfies Parameters<
          typeof sum
        >[0][]) {
          const [shown, counted] = sum(of);
          expect(shown).toBe(counted);
        }
        const refused = (facts.refusals ?? []).filter(({ source }) => source !== null).reduce((total, { count }) => total + count, 0);
        expect(built.flatMap(({ refusals }) => refusals).reduce((total, { count }) => total + count, 0)).toBe(refused);
        for (const { id, observed, agreement, evidence, declared, callers } of built) {
          const total = observed.mutual + observed.oneWay + observed.plaintext;
          if (!onMap.has(id)) expect(total).toBe(callers.reduce((seen, { count }) => seen + count, 0));
          if (total === 0) expect([observed.transport, observed.mutualShare, agreement]).toEqual(["unknown", null, "unknown"]);
          if (observed.transport === "mutual") expect(observed.mutual).toBe(total);
          if (declared.verdict === "mutual") expect([declared.client, declared.server]).not.toContain("unknown");
          expect(evidence.length).toBeGreaterThan(0);
        }
        expect(new Set(built.map(({ id }) => id)).size).toBe(built.length);
      }),
    );
  });

  it("is the same in whatever order its facts come", () => {
    fc.assert(
      fc.property(loads, known, (edges, facts) => {
        // Proxies of one name would be one place with two settings.
        const turned = { ...facts, refusals: facts.refusals?.toReversed() ?? [], listeners: facts.listeners?.toReversed() ?? [] };
        expect(core(postures(turned, { loads: edges.toReversed() }))).toEqual(core(postures(facts, { loads: edges })));
      }),
    );
  });
});
