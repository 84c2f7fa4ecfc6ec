import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "#collectors/shared/testing/system-time.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";

import { createEnvoySource, type EnvoySource } from "../source.ts";
import { createTestAuthority, type KeyPair } from "../testing/authority.ts";
import { CLIENT, serverLeaf, startSecureEnvoy, type SecureEnvoy } from "../testing/secure-envoy.ts";

const http = createHttpFetcher({ clock, scheduler });
const store = createFakeSeriesStore();
const startedMs = clock.nowMs();
let envoy: SecureEnvoy;
let source: EnvoySource;
let good: KeyPair;

beforeAll(async () => {
  envoy = await startSecureEnvoy();
  good = await client(CLIENT, "0b01");
  source = createEnvoySource({ id: "envoy", proxiesDir: envoy.proxiesDir, pollIntervalMs: 200, store, clock, scheduler, http });
  source.start();
  await until(async () => expect((await facts()).listeners.length).toBe(2));
});

afterAll(async () => {
  await source.stop();
  await envoy.close();
  await http.close();
});

function client(uri: string, serial: string, expired = false): Promise<KeyPair> {
  return envoy.authority.issue({ commonName: "teller", names: [{ type: "url", value: uri }], serial, expired });
}

async function until(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 30_000, interval: 20 });
}

async function facts(): Promise<SecurityFacts> {
  const answer = await source.security({ fromMs: null, toMs: clock.nowMs() });
  if (!answer.ok) throw answer.error;
  return answer.value.value;
}

async function refused(): Promise<(string | number | null)[][]> {
  const { refusals } = await facts();
  return refusals.map(({ source: from, witness, reason, claimed, address, count }) => [from, witness, reason, claimed, address, count]);
}

describe("a real Envoy with certificates", () => {
  it("says what it is set to", async () => {
    const { listeners, dials, certificates } = await facts();
    const mutual = { transport: "mutual", names: ["begins with spiffe://mesh/"], tlsVersions: { min: "TLSv1.2", max: "TLSv1.3" } };
    const plaintext = { transport: "plaintext", names: [], tlsVersions: { min: null, max: null } };
    expect(listeners.map(({ listener, demand, accepts }) => [listener, demand, accepts])).toEqual([
      ["strict", "strict", [mutual]],
      ["permissive", "permissive", [mutual, plaintext]],
    ]);
    expect(dials).toMatchObject([{ target: "bank/other", transport: "mutual", accepts: ["spiffe://mesh/ns/bank/sa/other"], ciphers: [] }]);
    expect(certificates).toMatchObject([
      { role: "workload", serial: "0a01", secret: "workload", subject: "CN=vault", issuer: "CN=test mesh" },
      { role: "authority", names: [] },
    ]);
  });

  it("names callers with and without a certificate, and what was decided about each", async () => {
    for (let count = 0; count < 3; count++) await envoy.call({ to: "permissive", from: "127.0.0.77", path: "/open" });
    await envoy.call({ to: "permissive", from: "127.0.0.77" });
    await envoy.call({ to: "permissive", from: "127.0.0.11", pair: good });
    await envoy.call({ to: "strict", from: "127.0.0.11", pair: good });
    await envoy.call({ to: "strict", from: "127.0.0.11", pair: good, path: "/admin" });
    await until(async () => expect((await facts()).calls.reduce((sum, { count }) => sum + count, 0)).toBe(7));
    const { calls, decisions, stages } = await facts();
    const about = { target: "bank/vault", protocol: "http" };
    expect(calls).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...about,
          source: "jobs/nightly",
          identity: null,
          address: "127.0.0.77",
          transport: "plaintext",
          tlsVersion: null,
          count: 4,
        }),
        expect.objectContaining({
          ...about,
          source: "bank/teller",
          identity: CLIENT,
          address: "127.0.0.11",
          transport: "mutual",
          tlsVersion: "TLSv1.3",
          count: 3,
        }),
      ]),
    );
    expect(store.total().map(({ key, traffic }) => [key.source, traffic.transport])).toEqual(
      expect.arrayContaining([
        ["jobs/nightly", { mutual: 0, oneWay: 0, plaintext: 4 }],
        ["bank/teller", { mutual: 3, oneWay: 0, plaintext: 0 }],
      ]),
    );
    expect(
      new Set(decisions.map(({ source: from, mode, outcome, policy, count }) => [from, mode, outcome, policy, count].join(" "))),
    ).toEqual(
      new Set([
        "jobs/nightly enforced allowed open 3",
        "jobs/nightly enforced denied  1",
        "jobs/nightly shadow denied would-deny-plain 4",
        "bank/teller enforced allowed teller 2",
        "bank/teller enforced denied no-admin 1",
        "bank/teller shadow allowed  2",
      ]),
    );
    // Two listeners, each with the same three stages.
    const sums = [0, 1, 2].map((stage) => [0, 3].map((first) => stages[first + stage]).map((one) => [one?.allowed, one?.denied]));
    expect(sums).toEqual([
      [
        [1, 1],
        [5, 0],
      ],
      [
        [1, 0],
        [1, 4],
      ],
      [
        [1, 0],
        [4, 1],
      ],
    ]);
    expect(stages[5]?.policies.map(({ name, matched }) => [name, matched])).toEqual([
      ["open", 3],
      ["teller", 1],
    ]);
  });

  it("names whom it refused, and why, as far as that is proven", async () => {
    const to = "strict";
    await envoy.call({ to, from: "127.0.0.11", pair: await client(CLIENT, "0b02", true) });
    await envoy.call({ to, from: "127.0.0.13", pair: await client("spiffe://elsewhere/ns/bank/sa/teller", "0b03") });
    const other = await createTestAuthority("other");
    await envoy.call({
      to,
      from: "127.0.0.14",
      pair: await other.issue({ commonName: "x", serial: "0b04", names: [{ type: "url", value: CLIENT }] }),
    });
    await envoy.call({ to, from: "127.0.0.15", tls: true });
    await envoy.call({ to, from: "127.0.0.77" });
    // This one refuses the server, which is its own to tell.
    await envoy.call({ to, from: "127.0.0.16", pair: good, trust: other.certificate });
    const outbound = await http.get({ url: envoy.outboundUrl, timeoutMs: 5_000, maxBytes: 1_000 });
    expect(outbound).toMatchObject({ ok: true, value: { status: 503 } });
    await until(async () => expect((await refused()).length).toBe(6));
    expect(new Set((await refused()).map((row) => row.join(" ")))).toEqual(
      new Set([
        `bank/teller server expired ${CLIENT} 127.0.0.11 1`,
        " server wrongName spiffe://elsewhere/ns/bank/sa/teller 127.0.0.13 1",
        ` server untrusted ${CLIENT} 127.0.0.14 1`,
        " server noCertificate  127.0.0.15 1",
        "jobs/nightly server plaintext  127.0.0.77 1",
        "bank/vault caller wrongName   1",
      ]),
    );
    expect(source.refusals({ fromMs: startedMs, toMs: clock.nowMs() }).length).toBe(6);
  });

  it("tells a rotated certificate, and one that it refused", async () => {
    await envoy.rotate(await envoy.authority.issue(serverLeaf("0a02")));
    await until(async () => expect((await facts()).certificates[0]).toMatchObject({ serial: "0a02", subject: "CN=vault" }));
    await envoy.rotate({ ...(await envoy.authority.issue(serverLeaf("0a03"))), privateKey: good.privateKey });
    await until(async () => expect((await facts()).events.length).toBe(2));
    expect((await facts()).events).toMatchObject([
      { kind: "rotated", secret: "workload", fromSerial: "0a01", toSerial: "0a02" },
      { kind: "rejected", secret: "workload", fromSerial: "0a02", toSerial: null },
    ]);
    expect(await envoy.call({ to: "strict", from: "127.0.0.11", pair: good })).toBe(200);
    expect(JSON.stringify([await facts(), source.status(), await source.proxy("vault-v1-0.bank")])).not.toContain("PRIVATE KEY");
  });
});
