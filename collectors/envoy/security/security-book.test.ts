import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

import type { KnownProxy } from "../identity/known-proxy.ts";
import { createMeshView } from "../identity/mesh-view.ts";
import { createCounterBook, type Delta } from "../stats/counter-book.ts";
import { factsWith, knownProxy, serviceCluster } from "../testing/known.ts";
import { recordedStats } from "../testing/recorded.ts";
import { mapTraffic } from "../traffic/mapper.ts";
import { createProtocolHints } from "../traffic/protocol-hints.ts";
import { createSecurityBook, type SecurityBook } from "./security-book.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const ALL = { fromMs: null, toMs: NOW };
let book: SecurityBook;

beforeEach(() => {
  book = createSecurityBook();
});

function listener(statName: string, logsHandshakes: boolean): NonNullable<KnownProxy["config"]>["listeners"][number] {
  const rest = { name: statName, demand: "strict" as const, accepts: [], asksTls: true, asksCertificates: true, logged: new Map() };
  return { ...rest, statName, logsHandshakes };
}

function vault(more: Partial<KnownProxy> = {}): KnownProxy {
  const clusters = [serviceCluster("outbound|443||other", { namespace: "bank", service: "other" })];
  return knownProxy("bank", "vault", "v1", {
    config: factsWith(clusters, { listeners: [listener("strict", true), listener("permissive", true)] }),
    knownAddresses: { "127.0.0.77": { service: "nightly", namespace: "jobs" } },
    ...more,
  });
}

function poll(proxy: KnownProxy, stats: string, atMs = NOW, others: readonly KnownProxy[] = []): void {
  const folded = createCounterBook().fold(stats, "from-zero");
  book.note(proxy, folded, createMeshView([proxy, ...others]), [], atMs);
}

const teller = knownProxy("bank", "teller", "v1");
const refusals = (): (string | number | null)[][] =>
  book
    .refusals(book.covered(ALL, NOW), NOW)
    .map(({ source, target, witness, reason, claimed, address, count }) => [source, target, witness, reason, claimed, address, count]);

const good = (address: string, who: string): string =>
  `envoy_weft_inbound_handshakes_total{weft_peer="spiffe://mesh/ns/bank/sa/${who}",weft_addr="${address}",weft_tls="TLSv1.3",weft_failure="",weft_details=""} 1`;

describe("refused connections of a recorded Envoy", () => {
  const claims = "spiffe://mesh/ns/bank/sa/teller";

  it("are told with what each showed, by the side that refused", () => {
    poll(vault(), recordedStats("refusals"), NOW, [teller]);
    expect(refusals()).toEqual(
      expect.arrayContaining([
        ["bank/vault", "bank/other", "caller", "wrongName", null, null, 1],
        [null, "bank/vault", "server", "noCertificate", null, "127.0.0.15", 2],
        ["jobs/nightly", "bank/vault", "server", "plaintext", null, "127.0.0.77", 2],
        [null, "bank/vault", "server", "wrongName", "spiffe://elsewhere/ns/bank/sa/teller", "127.0.0.13", 2],
        [null, "bank/vault", "server", "expired", claims, "127.0.0.12", 2],
        [null, "bank/vault", "server", "untrusted", claims, "127.0.0.14", 2],
      ]),
    );
    expect(refusals().length).toBe(6);
    expect(JSON.stringify(book.refusals(book.covered(ALL, NOW), NOW))).not.toMatch(/TLS_error|verify_cert|OPENSSL/);
  });

  it("are counted without a caller where the listener has no logger of its own", () => {
    const config = factsWith([], { listeners: [listener("strict", false), listener("permissive", true)] });
    const counters = recordedStats("refusals").replaceAll(/^envoy_weft_.*$/gm, "");
    poll(vault({ config }), counters, NOW);
    expect(refusals().filter(([, , witness]) => witness === "server")).toEqual(
      expect.arrayContaining([
        [null, "bank/vault", "server", "noCertificate", null, null, 1],
        [null, "bank/vault", "server", "wrongName", null, null, 1],
        [null, "bank/vault", "server", "unknown", null, null, 2],
        [null, "bank/vault", "server", "unknown", null, null, 3],
      ]),
    );
    const unread = book.refusals(book.covered(ALL, NOW), NOW).filter(({ certificateRefused }) => certificateRefused === true);
    expect(unread.map(({ count }) => count)).toEqual([2]);
  });

  it("by a caller are of an ended certificate only where the other side is known to hold no other", () => {
    const failed = 'envoy_cluster_ssl_fail_verify_error{envoy_cluster_name="outbound|443||other"} 2';
    poll(vault(), failed);
    expect(refusals()).toEqual([["bank/vault", "bank/other", "caller", "unknown", null, null, 2]]);
    expect(book.refusals(book.covered(ALL, NOW), NOW)).toMatchObject([{ certificateRefused: true }]);
    book = createSecurityBook((nodeId, atMs) => nodeId === "bank/other" && atMs === NOW);
    poll(vault(), failed);
    expect(refusals()).toEqual([["bank/vault", "bank/other", "caller", "expired", null, null, 2]]);
  });

  it("that both sides count are told once, by the side that refused", () => {
    const config = factsWith([], { listeners: [listener("strict", false)] });
    const other = knownProxy("bank", "other", "v1", { config });
    poll(vault(), 'envoy_cluster_ssl_fail_verify_san{envoy_cluster_name="outbound|443||other"} 5');
    poll(other, 'envoy_listener_ssl_connection_error{envoy_listener_address="strict"} 7');
    expect(refusals()).toEqual([
      ["bank/vault", "bank/other", "caller", "wrongName", null, null, 5],
      [null, "bank/other", "server", "unknown", null, null, 2],
    ]);
    // What a server refuses is a failed connection to the caller as well, which it does not count as its own refusal.
    poll(vault(), 'envoy_cluster_ssl_connection_error{envoy_cluster_name="outbound|443||other"} 9');
    expect(refusals()).toHaveLength(2);
  });

  it("are those of whoever proved itself from that address, before or after, within the hour, and of nobody when two did", () => {
    poll(vault(), recordedStats("refusals"), NOW - 1_000, [teller]);
    poll(vault(), good("127.0.0.12", "teller"), NOW, [teller]);
    poll(vault(), [good("127.0.0.14", "teller"), good("127.0.0.14", "guest")].join("\n"), NOW, [teller]);
    poll(vault(), good("127.0.0.15", "teller"), NOW - 3_700_000, [teller]);
    const sources = new Map(refusals().map(([source, , , , , address]) => [address, source]));
    expect(sources.get("127.0.0.12")).toBe("bank/teller");
    expect(sources.get("127.0.0.14")).toBeNull();
    expect(sources.get("127.0.0.15")).toBeNull();
  });
});

describe("decisions of a recorded Envoy", () => {
  it("are one for each request and mode, by caller", () => {
    poll(vault(), recordedStats("refusals"), NOW, [teller]);
    const rows = book
      .decisions(book.covered(ALL, NOW))
      .map(({ source, mode, outcome, policy, count }) => [source, mode, outcome, policy, count]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ["bank/teller", "enforced", "allowed", "teller", 2],
        ["bank/teller", "enforced", "denied", "no-admin", 2],
        ["bank/teller", "shadow", "allowed", null, 2],
        ["jobs/nightly", "enforced", "allowed", "open", 1],
        ["jobs/nightly", "enforced", "denied", null, 1],
        ["jobs/nightly", "shadow", "denied", "would-deny-plain", 2],
      ]),
    );
    expect(rows.length).toBe(6);
  });
});

const visit = (address: string): string =>
  `envoy_weft_inbound_requests_total{weft_peer="",weft_tls="TLSv1.3",weft_code="200",weft_addr="${address}"} 4`;

describe("calls", () => {
  const web = knownProxy("shop", "web", "v1");
  const cart = knownProxy("shop", "cart", "v1");
  const mesh = createMeshView([web, cart]);

  const inbound: fc.Arbitrary<Delta> = fc.record({
    by: fc.integer({ min: 1, max: 100 }),
    series: fc.record({
      kind: fc.constant("inbound" as const),
      peer: fc.constantFrom("", "spiffe://mesh/ns/shop/sa/cart", "spiffe://mesh/ns/shop/sa/cart,x", "odd"),
      address: fc.constantFrom("", "10.0.0.1", "10.0.0.2"),
      tls: fc.constantFrom("", "TLSv1.3", "TLSv9"),
      attempt: fc.integer({ min: 1, max: 3 }),
      code: fc.constantFrom(200, 503),
      flags: fc.constant([]),
      grpc: fc.constantFrom(null, 0),
    }),
  });

  it("are as many as the map counts, edge by edge and transport by transport", () => {
    fc.assert(
      fc.property(fc.array(inbound, { maxLength: 30 }), (deltas) => {
        const own = createSecurityBook();
        const counted: Record<string, number> = {};
        const folded = { deltas, counted: deltas.map(({ series }) => series), read: [] };
        const arrivals: Parameters<SecurityBook["note"]>[3][number][] = [];
        const samples = mapTraffic(web, folded, mesh, createProtocolHints(), NOW, (arrival) => arrivals.push(arrival));
        own.note(web, folded, mesh, arrivals, NOW);
        for (const { key, traffic } of samples) {
          for (const [transport, count] of Object.entries(traffic.transport)) {
            if (count > 0) counted[`${key.source} ${key.protocol} ${transport}`] = count;
          }
        }
        const sums: Record<string, number> = {};
        for (const { source, protocol, transport, count } of own.calls(own.covered(ALL, NOW))) {
          const key = `${source} ${protocol} ${transport}`;
          sums[key] = (sums[key] ?? 0) + count;
        }
        expect(sums).toEqual(counted);
      }),
    );
  });

  it("do not tell visitors from outside apart", () => {
    const gateway = knownProxy("shop", "gateway", "v1", { config: factsWith([], { isIngress: true }) });
    const folded = createCounterBook().fold([visit("8.8.8.8"), visit("9.9.9.9")].join("\n"), "from-zero");
    const view = createMeshView([gateway]);
    const arrivals: Parameters<SecurityBook["note"]>[3][number][] = [];
    mapTraffic(gateway, folded, view, createProtocolHints(), NOW, (arrival) => arrivals.push(arrival));
    book.note(gateway, folded, view, arrivals, NOW);
    expect(book.calls(book.covered(ALL, NOW))).toMatchObject([{ source: "internet", address: null, transport: "oneWay", count: 8 }]);
  });

  it("that find no room are told", () => {
    const many = Array.from(
      { length: 1_100 },
      (_, index) =>
        `envoy_weft_inbound_handshakes_total{weft_peer="spiffe://x/${index}",weft_addr="",weft_tls="",weft_failure="TLS_error:|1:CERTIFICATE_VERIFY_FAILED:",weft_details=""} 2`,
    );
    poll(vault(), many.join("\n"));
    expect([refusals().length, book.dropped]).toEqual([1_000, 200]);
  });
});
