import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { TrafficRow } from "#lib/ports/series-store.ts";

import { json, silence, text, webPage, type Answer, type FakeAdmin } from "./testing/fake-admin.ts";
import { createFakeMesh, FAST_MS, type FakeMesh } from "./testing/fake-mesh.ts";
import { recordedAnswers, recordedStats, type RecordedId } from "./testing/recorded.ts";

let mesh: FakeMesh;

afterEach(async () => {
  await mesh.close();
});

const LEDGER = "ledger-v1-0.payments";
const PAYMENTS = "payments-v1-0.payments";

async function start(ids: readonly RecordedId[], options: { pollIntervalMs?: number } = {}): Promise<void> {
  mesh = await createFakeMesh(ids, options);
  mesh.source.start();
}

async function until(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 15_000, interval: 5 });
}

async function settled(): Promise<void> {
  await until(() => expect(mesh.source.status().state).toBe("healthy"));
}

/** Adds to a counter of an exposition, as traffic would. */
function bump(stats: string, series: RegExp, by: number): string {
  const line = stats.split("\n").find((one) => series.test(one));
  if (line === undefined) throw new Error(`no series like ${series}`);
  const space = line.lastIndexOf(" ");
  return stats.replace(line, `${line.slice(0, space)} ${Number(line.slice(space + 1)) + by}`);
}

const LEGACY_CALLS = /inbound_requests_total\{weft_peer="",.*weft_addr="127.0.1.12"/;
const PAYMENT_CALLS = /inbound_requests_total\{weft_peer="spiffe:\/\/demo.mesh\/ns\/payments\/sa\/payments",.*weft_code="200"/;

function total(target: string): TrafficRow[] {
  return mesh.store.total().filter((row) => row.key.target === target);
}

function counted(target: string): number {
  return total(target).reduce((sum, row) => sum + row.traffic.count, 0);
}

async function proxyState(id: RecordedId): Promise<{ state: string | undefined; reason: string | null | undefined }> {
  const topology = await mesh.source.topology();
  const proxy = topology.ok ? topology.value.value.proxies.find((one) => one.id === id) : undefined;
  return { state: proxy?.state, reason: proxy?.reason };
}

const polls = (admin: FakeAdmin): number => admin.server.requests.filter((request) => request.startsWith("GET /stats/prometheus")).length;

describe("the feed", () => {
  it("takes what stands at first for the past, and writes what is added", async () => {
    await start([LEDGER]);
    await mesh.write(`${LEDGER}.json`, {
      id: LEDGER,
      admin: mesh.admin(LEDGER).server.address,
      knownAddresses: { "127.0.1.12": { service: "legacy-report" } },
    });
    await settled();
    expect(mesh.store.samples).toEqual([]);
    await until(() => expect(mesh.store.reportedAtMs.length).toBeGreaterThan(2));

    const admin = mesh.admin(LEDGER);
    admin.stats = bump(bump(admin.stats, LEGACY_CALLS, 3), PAYMENT_CALLS, 5);
    await until(() => expect(total("payments/ledger").reduce((sum, row) => sum + row.traffic.count, 0)).toBe(8));
    admin.stats = bump(admin.stats, PAYMENT_CALLS, 2);
    await until(() =>
      expect(
        total("payments/ledger").map(({ key, traffic }) => [key.source, key.version, key.reporter, traffic.count, traffic.transport]),
      ).toEqual([
        ["unknown/legacy-report", "v1", "destination", 3, { mutual: 0, oneWay: 0, plaintext: 3 }],
        ["payments/payments", "v1", "destination", 7, { mutual: 7, oneWay: 0, plaintext: 0 }],
      ]),
    );
  });

  it("counts all of a restarted proxy, also where its counters have passed the old ones", async () => {
    await start([LEDGER]);
    await settled();
    const admin = mesh.admin(LEDGER);
    const lines = admin.stats.split("\n").map((line) => (line.startsWith("envoy_server_uptime") ? "envoy_server_uptime{} 1" : line));
    admin.instead.set("/config_dump", (response) => {
      const url = response.req.url ?? "";
      const bootstrap = {
        configs: [{ "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", last_updated: "2026-12-01T00:00:00.000Z" }],
      };
      json(url.includes("last_updated") ? bootstrap : (recordedAnswers(LEDGER)[url] ?? {}))(response);
    });
    admin.stats = bump(lines.join("\n"), PAYMENT_CALLS, 1);
    const standing = admin.stats.split("\n").filter((line) => /inbound_requests_total\{.*weft_attempt="1?"/.test(line));
    const expected = standing.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    await until(() => expect(counted("payments/ledger")).toBe(expected));
    const read = polls(admin);
    await until(() => expect(polls(admin)).toBeGreaterThan(read + 5));
    expect(counted("payments/ledger")).toBe(expected);
  });

  it("is not held up by a frozen proxy", async () => {
    await start([LEDGER, PAYMENTS]);
    await settled();
    mesh.admin(PAYMENTS).instead.set("/stats/prometheus", silence);
    const before = polls(mesh.admin(LEDGER));
    await until(async () =>
      expect(await proxyState(PAYMENTS)).toEqual({
        state: "unreachable",
        reason: `${mesh.admin(PAYMENTS).server.host} did not answer /stats/prometheus within 2000 ms.`,
      }),
    );
    // In the two seconds that the frozen one was given, the other was asked all along.
    expect(polls(mesh.admin(LEDGER)) - before).toBeGreaterThan((2_000 / FAST_MS) * 0.3);
    await until(async () => expect(await proxyState(LEDGER)).toEqual({ state: "live", reason: null }));
    await until(() => expect(mesh.source.status()).toMatchObject({ state: "degraded", coverage: { n: 1, of: 2 } }));
  });

  it("follows files that come, change and go", async () => {
    await start([LEDGER]);
    await settled();
    await mesh.add(PAYMENTS);
    await until(() => expect(mesh.source.status()).toMatchObject({ state: "healthy", coverage: { n: 2, of: 2 } }));
    await rm(join(mesh.proxiesDir, `${LEDGER}.json`));
    await until(() => expect(mesh.source.status().coverage).toEqual({ n: 1, of: 1 }));
    const asked = polls(mesh.admin(LEDGER));
    await until(() => expect(polls(mesh.admin(PAYMENTS))).toBeGreaterThan(20));
    expect(polls(mesh.admin(LEDGER))).toBeLessThanOrEqual(asked + 1);
  });

  it("keeps its count when only the known addresses of a file change", async () => {
    await start([LEDGER]);
    await settled();
    const admin = mesh.admin(LEDGER);
    await mesh.write(`${LEDGER}.json`, {
      id: LEDGER,
      admin: admin.server.address,
      knownAddresses: { "127.0.1.12": { service: "legacy-report", namespace: "jobs" } },
    });
    const read = polls(admin);
    await until(() => expect(polls(admin)).toBeGreaterThan(read + 5));
    admin.stats = bump(admin.stats, LEGACY_CALLS, 4);
    await until(() =>
      expect(total("payments/ledger").map(({ key, traffic }) => [key.source, traffic.count])).toEqual([["jobs/legacy-report", 4]]),
    );
  });

  it("ends with nothing under way and asks nothing after", async () => {
    await start([LEDGER, PAYMENTS]);
    await settled();
    mesh.admin(PAYMENTS).instead.set("/stats/prometheus", silence);
    const stuck = polls(mesh.admin(PAYMENTS));
    await until(() => expect(polls(mesh.admin(PAYMENTS))).toBeGreaterThan(stuck));
    await mesh.source.stop();
    const asked = polls(mesh.admin(LEDGER));
    await mesh.source.stop();
    expect(polls(mesh.admin(LEDGER))).toBe(asked);
    expect(mesh.source.status().coverage).toEqual({ n: 0, of: 0 });
  });
});

const half: Answer = (response) =>
  void response
    .writeHead(200, { "content-type": "text/plain", "content-length": "100000" })
    .write(recordedStats(LEDGER).slice(0, 1_000), () => response.socket?.end());
const huge: Answer = (response) => void response.writeHead(200, { "content-type": "text/plain", "content-length": "100000000" }).write("x");

describe("bad answers to the statistics", () => {
  it.each<[string, Answer, string, string]>([
    ["a web page", webPage, "malformed", "answered /stats/prometheus with a web page where Envoy's text was expected."],
    ["100 MB", huge, "malformed", "answered /stats/prometheus with more than 32 MiB, which is not read."],
    ["half a body", half, "malformed", "broke off its answer to /stats/prometheus after 1000 bytes."],
    [
      "a redirect",
      (response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      "malformed",
      "answered /stats/prometheus with 302, a redirect, which is not followed.",
    ],
    [
      "a path that is not allowed",
      (response) => void response.writeHead(403).end(),
      "malformed",
      "answered /stats/prometheus with 403: its admin does not allow this path.",
    ],
  ])("%s costs this proxy's numbers, with a sentence, and heals", async (_case, answer, state, sentence) => {
    await start([LEDGER, PAYMENTS]);
    await settled();
    const admin = mesh.admin(LEDGER);
    admin.instead.set("/stats/prometheus", answer);
    const reason = `${admin.server.host} ${sentence}`;
    await until(async () => expect(await proxyState(LEDGER)).toEqual({ state, reason }));
    await until(async () => expect(await proxyState(PAYMENTS)).toEqual({ state: "live", reason: null }));
    await until(() => expect(mesh.source.status()).toMatchObject({ state: "degraded", coverage: { n: 1, of: 2 }, lastError: reason }));
    admin.stats = bump(admin.stats, PAYMENT_CALLS, 6);
    admin.instead.clear();
    await until(() => expect(total("payments/ledger").map((row) => row.traffic.count)).toEqual([6]));
    await settled();
  });

  it("malformed lines and NaN cost themselves, and are told", async () => {
    await start([LEDGER]);
    await settled();
    const admin = mesh.admin(LEDGER);
    const damaged = ["envoy_weft_inbound_requests_total{weft_peer=", "<p>", "envoy_server_memory NaN", 'x{a="b"} one'].join("\n");
    admin.stats = `${damaged}\n${bump(admin.stats, PAYMENT_CALLS, 4)}`;
    await until(() => expect(total("payments/ledger").map((row) => row.traffic.count)).toEqual([4]));
    await until(() =>
      expect(mesh.source.status()).toMatchObject({
        state: "degraded",
        coverage: { n: 1, of: 1 },
        findings: [
          {
            subject: LEDGER,
            text: `${LEDGER} gave 3 lines of statistics that cannot be read, such as "envoy_weft_inbound_requests_total{weft_peer="; the others are used.`,
            mend: expect.stringContaining("/stats/prometheus of its admin address"),
          },
          {
            subject: LEDGER,
            text: `${LEDGER} gave 1 value that is not finite; it is left out.`,
            mend: expect.stringContaining("/stats/prometheus of its admin address"),
          },
        ],
      }),
    );
  });

  it("names with quotes, newlines and direction marks become names that can be seen", async () => {
    await start([LEDGER]);
    await settled();
    const admin = mesh.admin(LEDGER);
    const peer = String.raw`spiffe://demo.mesh/ns/sh\"op/sa/ca` + "\u202e" + String.raw`rt\nx`;
    admin.stats += `\nenvoy_weft_inbound_requests_total{weft_peer="${peer}",weft_tls="TLSv1.3",weft_code="200",weft_flags="-",weft_grpc="",weft_attempt="1"} 2\n`;
    await until(() => expect(total("payments/ledger").map((row) => row.key.source)).toEqual(['sh"op/ca\\u{202e}rt\\u{a}x']));
  });
});

describe("bad answers to the rest", () => {
  it("wrong types in /server_info keep a proxy from being named, with the field", async () => {
    mesh = await createFakeMesh([LEDGER, PAYMENTS]);
    mesh.admin(LEDGER).instead.set("/server_info", json({ version: "x", node: { id: 7 } }));
    mesh.source.start();
    await until(async () =>
      expect(await proxyState(LEDGER)).toEqual({
        state: "malformed",
        reason: `${mesh.admin(LEDGER).server.host} answered /server_info with a wrong node.id: Invalid input: expected string, received number.`,
      }),
    );
    await until(async () => expect((await proxyState(PAYMENTS)).state).toBe("live"));
  });

  it.each<[string, Answer, string]>([
    ["/config_dump", webPage, "answered /config_dump with a web page where JSON was expected."],
    [
      "/config_dump",
      json({ configs: [{ listener: { filter_chains: "none" } }] }),
      "answered /config_dump with a wrong configs.0.listener.filter_chains: Invalid input: expected array, received string.",
    ],
    ["/certs", text("{"), "answered /certs with something else where JSON was expected."],
    [
      "/clusters",
      json({ cluster_statuses: [{}] }),
      "answered /clusters with a wrong cluster_statuses.0.name: Invalid input: expected string, received undefined.",
    ],
  ])("%s that cannot be read costs its part only, with a sentence", async (path, answer, sentence) => {
    mesh = await createFakeMesh([LEDGER]);
    const admin = mesh.admin(LEDGER);
    admin.instead.set(path, answer);
    mesh.source.start();
    await until(() => expect(mesh.source.status().findings.map((finding) => finding.text)).toContain(`${admin.server.host} ${sentence}`));
    admin.stats = bump(admin.stats, PAYMENT_CALLS, 5);
    await until(() => expect(total("payments/ledger").map((row) => row.traffic.count)).toEqual([5]));
  });
});

describe("the directory", () => {
  it("that does not exist takes the source down, with a sentence, until it comes", async () => {
    mesh = await createFakeMesh([]);
    await rm(mesh.proxiesDir, { recursive: true });
    mesh.source.start();
    const sentence = `The directory ${mesh.proxiesDir} does not exist.`;
    await until(() =>
      expect(mesh.source.status()).toMatchObject({
        state: "down",
        dims: ["every number on the map, services, proxies"],
        lastError: sentence,
        mend: "Make the directory, with one JSON file per proxy, or correct its path in the configuration.",
        findings: [{ text: sentence }],
      }),
    );
    expect(await mesh.source.topology()).toMatchObject({ ok: true, value: { coverage: "partial", notices: [{ text: sentence }] } });
  });

  it("that is empty says so", async () => {
    await start([]);
    await until(() => expect(mesh.source.status()).toMatchObject({ state: "down", findings: [{ text: "The directory holds no proxy." }] }));
  });

  it("with a bad file says which, and reads the others", async () => {
    mesh = await createFakeMesh([LEDGER]);
    await mesh.write("bad.json", { id: "x" });
    mesh.source.start();
    const sentence = "bad.json, field admin: Invalid input: expected string, received undefined. The proxy it stands for is not read.";
    await until(() =>
      expect(mesh.source.status()).toMatchObject({
        state: "degraded",
        coverage: { n: 1, of: 1 },
        findings: [{ subject: "bad.json", text: sentence }],
      }),
    );
  });
});

describe("the status", () => {
  it("starts, becomes healthy and keeps the time of the change", async () => {
    mesh = await createFakeMesh([LEDGER]);
    expect(mesh.source.status()).toMatchObject({
      id: "envoy",
      kind: "envoy",
      state: "starting",
      address: mesh.proxiesDir,
      newestData: null,
      answeredInMs: null,
      lastError: null,
      findings: [],
    });
    mesh.source.start();
    await settled();
    const first = mesh.source.status();
    const seen = first.newestData;
    await until(() => expect(mesh.source.status().newestData).not.toBe(seen));
    await until(() =>
      expect(mesh.source.status()).toMatchObject({
        since: first.since,
        coverage: { n: 1, of: 1 },
        dims: [],
        mend: null,
        answeredInMs: expect.any(Number),
      }),
    );
  });

  it("names what a silent proxy takes away", async () => {
    await start([LEDGER, PAYMENTS]);
    await settled();
    await mesh.admin(LEDGER).close();
    await until(() =>
      expect(mesh.source.status()).toMatchObject({
        state: "degraded",
        dims: ["what ledger-v1-0.payments would tell: calls to ledger v1 that it took in, and its own calls"],
        lastError: `${mesh.admin(LEDGER).server.host} refused the connection.`,
        findings: [
          {
            subject: LEDGER,
            text: `ledger-v1-0.payments is unreachable: ${mesh.admin(LEDGER).server.host} refused the connection.`,
            mend: "Start the proxy, or remove its file when it is gone for good.",
          },
        ],
      }),
    );
  });
});
