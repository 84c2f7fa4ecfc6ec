import { afterEach, describe, expect, it, vi } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";

import { createTestAuthority } from "../testing/authority.ts";
import { json, webPage, type Answer, type FakeAdmin } from "../testing/fake-admin.ts";
import { createFakeMesh, type FakeMesh } from "../testing/fake-mesh.ts";
import { recordedAnswers } from "../testing/recorded.ts";

const SECURED = "ledger-secured.payments";
const answers = recordedAnswers(SECURED);
const KEY = "-----BEGIN PRIVATE KEY-----\nCANARY-MC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----";
let mesh: FakeMesh;

afterEach(() => mesh.close());

async function until(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

async function start(prepare: (admin: FakeAdmin) => void = () => undefined): Promise<FakeAdmin> {
  mesh = await createFakeMesh([SECURED]);
  const admin = mesh.admin(SECURED);
  prepare(admin);
  mesh.source.start();
  await until(() => expect(mesh.store.reportedAtMs.length).toBeGreaterThan(1));
  return admin;
}

async function facts(fromMs: number | null = null): Promise<Sourced<SecurityFacts>> {
  const answer = await mesh.source.security({ fromMs, toMs: Date.now() });
  if (!answer.ok) throw answer.error;
  return answer.value;
}

/** Makes a series grow. */
function grow(admin: FakeAdmin, start: string, by: number): void {
  const lines = admin.stats.split("\n");
  const at = lines.findIndex((line) => line.startsWith(start));
  const line = lines[at] ?? "";
  const space = line.lastIndexOf(" ");
  lines[at] = `${line.slice(0, space)} ${Number(line.slice(space)) + by}`;
  admin.stats = lines.join("\n");
}

/** Replaces what `/config_dump` says of secrets. */
function withSecrets(answer: Answer): Answer {
  return (response) => {
    const url = response.req.url ?? "";
    if (url.includes("secrets")) answer(response);
    else json(answers[url] ?? { configs: [] })(response);
  };
}

describe("a source that was just started", () => {
  it("knows nothing yet, and says so", async () => {
    mesh = await createFakeMesh([SECURED]);
    const { value, notices } = await facts();
    expect(value).toMatchObject({ observedSinceMs: null, calls: [], refusals: [], listeners: [], dials: [], certificates: [], stages: [] });
    expect(notices.map(({ code }) => code)).toEqual(["starting"]);
    expect(mesh.source.refusals({ fromMs: 0, toMs: Date.now() })).toEqual([]);
  });

  it("tells what the proxies are set to, and takes what they counted before for the past", async () => {
    await start();
    const { value, coverage, notices } = await facts();
    expect([value.calls, value.refusals, value.decisions, value.events]).toEqual([[], [], [], []]);
    expect(value.listeners).toMatchObject([{ proxyId: SECURED, nodeId: "payments/ledger", listener: "inbound", demand: "permissive" }]);
    expect(value.certificates).toMatchObject([
      { proxyId: SECURED, nodeId: "payments/ledger", secret: "workload", subject: "CN=ledger", issuer: "CN=Demo mesh CA" },
      { role: "authority" },
    ]);
    expect(value.stages.map(({ mode, action, allowed, denied }) => [mode, action, allowed, denied])).toEqual([
      ["enforced", "deny", 0, 0],
      ["shadow", "deny", 0, 0],
      ["enforced", "allow", 0, 0],
    ]);
    expect([coverage, notices]).toEqual(["complete", []]);
  });
});

describe("what happens then", () => {
  it("is told by caller, by stage and by policy", async () => {
    const admin = await start();
    grow(admin, 'envoy_weft_inbound_requests_total{weft_peer="",', 3);
    grow(admin, 'envoy_weft_inbound_authz_total{weft_peer="",', 3);
    grow(admin, 'envoy_http_rbac_allowed{envoy_rbac_http_prefix="allow_",envoy_http_conn_manager_prefix="inbound_plain"}', 3);
    grow(admin, 'envoy_http_rbac_denied{envoy_rbac_http_prefix="deny_",envoy_http_conn_manager_prefix="inbound"}', 2);
    grow(admin, 'envoy_http_rbac_policy_denied{envoy_rbac_policy_name="no-direct-reads"', 2);
    await until(async () => expect((await facts()).value.calls).toMatchObject([{ count: 3 }]));
    const { value } = await facts(Date.now() - 60_000);
    expect(value.calls).toMatchObject([
      { target: "payments/ledger", transport: "plaintext", identity: null, address: "127.0.1.12", tlsVersion: null, count: 3 },
    ]);
    expect(value.decisions).toMatchObject([
      { mode: "enforced", outcome: "allowed", policy: "callers-without-identity", count: 3 },
      { mode: "shadow", outcome: "denied", policy: "would-deny-without-identity", count: 3 },
    ]);
    expect(value.stages.map(({ allowed, denied, policies }) => [allowed, denied, policies.map(({ matched }) => matched)])).toEqual([
      [0, 2, [2]],
      [0, 0, [0]],
      [3, 0, [0, 0, 0]],
    ]);
  });

  it("to a secret shows as soon as its counter moves", async () => {
    const admin = await start();
    const authority = await createTestAuthority("next");
    const { certificate } = await authority.issue({ commonName: "ledger", serial: "beef", names: [{ type: "dns", value: "ledger" }] });
    const chain = { certificate_chain: { inline_string: certificate } };
    admin.instead.set("/certs", json({ certificates: [{ cert_chain: [{ serial_number: "beef" }] }] }));
    admin.instead.set("/config_dump", withSecrets(json({ configs: [{ name: "workload", secret: { tls_certificate: chain } }] })));
    grow(admin, "envoy_sds_update_success", 1);
    admin.stats += '\nenvoy_sds_update_rejected{envoy_xds_resource_name="workload"} 1';
    await until(async () => expect((await facts()).value.events.length).toBe(2));
    const { value } = await facts();
    expect(value.certificates[0]).toMatchObject({ serial: "beef", secret: "workload", subject: "CN=ledger", issuer: "CN=next" });
    expect(value.events).toMatchObject([
      { kind: "rejected", secret: "workload", toSerial: null },
      { kind: "rotated", secret: "workload", toSerial: "beef" },
    ]);
  });

  it("where a proxy falls silent leaves what was seen, with a notice", async () => {
    const admin = await start();
    await admin.close();
    await until(async () => expect((await facts()).coverage).toBe("stale"));
    const { value, notices } = await facts();
    expect([value.listeners.length, notices.map(({ code }) => code)]).toEqual([1, ["proxy-silent"]]);
  });
});

describe("an admin that tells more than it was asked for", () => {
  const certificate = JSON.stringify(answers).match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/)?.[0] ?? "";

  it.each<[string, object]>([
    [
      "the key beside the chain",
      { certificate_chain: { inline_string: JSON.parse(`"${certificate}"`) }, private_key: { inline_string: KEY } },
    ],
    ["the key inside the chain", { certificate_chain: { inline_string: `${KEY}\n${JSON.parse(`"${certificate}"`)}` } }],
    ["the key instead of the chain", { certificate_chain: KEY, private_key: KEY }],
  ])("is not listened to: %s", async (_case, tlsCertificate) => {
    const planted = { name: "workload", secret: { name: "workload", tls_certificate: tlsCertificate, session_ticket_keys: KEY } };
    const admin = await start((one) => one.instead.set("/config_dump", withSecrets(json({ configs: [planted] }))));
    expect(admin.server.requests.filter((url) => url.includes("secrets")).length).toBeGreaterThan(0);
    expect(admin.server.requests.filter((url) => url.includes("secrets") && !url.includes("mask="))).toEqual([]);
    const told = [await facts(), await mesh.source.topology(), await mesh.source.proxy(SECURED), mesh.source.status()];
    expect(JSON.stringify(told)).not.toMatch(/CANARY|PRIVATE KEY/);
    expect((await facts()).value.certificates[0]).toMatchObject({ role: "workload" });
  });

  it.each<[string, Answer]>([
    ["refuses", (response) => void response.writeHead(403).end("request to path /config_dump not allowed")],
    ["answers with a page", webPage],
  ])("or that %s leaves subject and issuer unknown", async (_case, answer) => {
    await start((one) => one.instead.set("/config_dump", withSecrets(answer)));
    expect((await facts()).value.certificates[0]).toMatchObject({ role: "workload", secret: null, subject: null, issuer: null });
  });
});
