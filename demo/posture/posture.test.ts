import { describe, expect, it } from "vitest";

import { serviceLeaf, type CertificateState } from "../certificates/leaves.ts";
import type { IssuedCertificate } from "../certificates/workload-certificates.ts";
import { listenerDiscovery } from "../envoy/bootstrap.ts";
import { planMesh } from "../mesh/plan.ts";
import { CALLS, serviceNamed, SERVICES } from "../mesh/services.ts";
import { demandOf, type Demand } from "./listener-demand.ts";
import { builtPosture, type PostureEdge } from "./posture.ts";

const NOW_MS = 1_795_269_600_000;

interface Setting {
  certificates?: Record<string, CertificateState>;
  jobs?: string[];
  ledger?: Demand;
}

function built({ certificates = {}, jobs = ["legacy-report"], ledger = "permissive" }: Setting = {}) {
  return builtPosture({
    certificates: SERVICES.map((service): IssuedCertificate => {
      const state = certificates[service.name] ?? "valid";
      const { ageMs, leftMs, names } = serviceLeaf(service, state);
      const life = { notBeforeMs: NOW_MS - ageMs, notAfterMs: NOW_MS + leftMs };
      return { service: service.name, state, serial: "01", identity: names[0]?.value ?? "", ...life };
    }),
    jobs,
    demandOf: () => ledger,
    nowMs: NOW_MS,
  });
}

function edge(source: string, target: string, setting?: Setting): PostureEdge | undefined {
  return built(setting).edges.find((one) => one.source === source && one.target === target);
}

/** Edges on which every call is refused, and why. */
function refusals(setting: Setting): string[] {
  return built(setting)
    .edges.filter(({ refused }) => refused !== null)
    .map(({ source, target, observed, refused }) => `${source} > ${target}: ${refused?.reason} says ${refused?.witness}, ${observed}`);
}

describe("builtPosture", () => {
  it("has every edge once", () => {
    const { edges } = built();
    expect(edges).toHaveLength(CALLS.length + 2);
    expect(new Set(edges.map(({ source, target }) => `${source}>${target}`)).size).toBe(edges.length);
  });

  it("says what each side is set to, and nothing of who has no proxy", () => {
    expect(edge("internet", "gateway")).toMatchObject({ declaredClient: null, declaredServer: "oneWay", observed: "oneWay" });
    expect(edge("frontend", "cart")).toMatchObject({ declaredClient: "mutual", declaredServer: "strict", observed: "mutual" });
    expect(edge("payments", "card-network")).toMatchObject({ declaredClient: "oneWay", declaredServer: null, observed: "oneWay" });
    expect(edge("payments", "ledger")).toMatchObject({ declaredClient: "mutual", declaredServer: "permissive", observed: "mutual" });
    expect(edge("legacy-report", "ledger")).toMatchObject({ declaredClient: null, declaredServer: "permissive", observed: "plaintext" });
    expect(refusals({})).toEqual([]);
  });

  it("names whom a strict ledger refuses: who comes in plaintext, and nobody else", () => {
    expect(refusals({ ledger: "strict", jobs: ["legacy-report", "audit-export"] })).toEqual([
      "legacy-report > ledger: plaintext says server, unknown",
      "audit-export > ledger: plaintext says server, unknown",
    ]);
    expect(edge("payments", "ledger", { ledger: "strict" })).toMatchObject({ declaredServer: "strict", observed: "mutual" });
  });

  it("takes no stand where the listener file cannot be read", () => {
    expect(edge("legacy-report", "ledger", { ledger: "unknown" })).toMatchObject({ observed: "unknown", refused: null });
    expect(edge("payments", "ledger", { ledger: "unknown" })).toMatchObject({ declaredServer: "unknown", observed: "unknown" });
  });

  it("has only those jobs that are set going", () => {
    expect(edge("legacy-report", "ledger", { jobs: [] })).toBeUndefined();
    expect(refusals({ jobs: ["rogue-job"] })).toEqual(["rogue-job > ledger: wrongName says server, unknown"]);
  });

  it("follows certificates: the callee's is looked at first", () => {
    expect(refusals({ certificates: { ratings: "expired" } })).toEqual(["reviews > ratings: expired says caller, unknown"]);
    expect(refusals({ certificates: { payments: "wrong-san" } })).toEqual([
      "checkout > payments: wrongName says caller, unknown",
      "payments > ledger: wrongName says server, unknown",
    ]);
    expect(refusals({ certificates: { payments: "wrong-san", ledger: "expired" } })).toContain(
      "payments > ledger: expired says caller, unknown",
    );
    expect(refusals({ certificates: { gateway: "expired" } })).toContain("internet > gateway: expired says caller, unknown");
    expect(refusals({ certificates: { ratings: "expiring" } })).toEqual([]);
  });

  it("lists certificates as they were issued", () => {
    expect(built().certificates.find(({ service }) => service === "cart")).toEqual({
      service: "cart",
      identity: "spiffe://demo.mesh/ns/shop/sa/cart",
      serial: "01",
      notBefore: "2026-11-21T13:55:00.000Z",
      notAfter: "2026-11-21T15:55:00.000Z",
      state: "valid",
    });
  });

  it("says whom each policy matches", () => {
    const policies = built({ jobs: ["legacy-report", "rogue-job", "audit-export"] }).policies;
    expect(policies.map(({ mode, action, name, callers, neverMatches }) => [`${mode} ${action} ${name}`, callers, neverMatches])).toEqual([
      ["enforced deny no-direct-reads", ["checkout"], false],
      ["enforced allow payments", ["payments"], false],
      ["enforced allow callers-without-identity", ["legacy-report", "audit-export"], false],
      ["enforced allow left-over", [], true],
      ["shadow deny would-deny-without-identity", ["legacy-report", "audit-export"], false],
    ]);
  });
});

describe("demandOf", () => {
  let port = 20_000;
  const plan = planMesh(() => (port += 1), true);

  function listenerFile(service: string): string {
    const instance = plan.instances.find((one) => one.service === service);
    if (instance === undefined) throw new Error(`no instance of ${service}`);
    return JSON.stringify(
      listenerDiscovery({
        instance,
        tls: { certificate: "/run/cert.json", trust: "/run/ca.pem" },
        routeFile: (host) => host,
        endpointsFile: (cluster) => cluster,
        listenerFile: "/run/listeners.json",
        otlpPort: undefined,
      }),
    );
  }

  /** Ledger's file after somebody took the chains away that `keep` does not want. */
  function edited(keep: (chain: object) => boolean): string {
    const file = JSON.parse(listenerFile("ledger"));
    const [inbound] = file.resources;
    inbound.filter_chains = inbound.filter_chains.filter(keep);
    return JSON.stringify(file);
  }

  it("reads what the demo writes", () => {
    const demands = SERVICES.map(({ name }) => [name, demandOf(listenerFile(name))]);
    const others = SERVICES.filter(({ name }) => !["gateway", "ledger"].includes(name));
    expect(Object.fromEntries(demands)).toEqual({
      gateway: "oneWay",
      ledger: "permissive",
      ...Object.fromEntries(others.map(({ name }) => [name, "strict"])),
    });
    expect(serviceNamed("ledger").permissive).toBe(true);
  });

  it("follows an edit", () => {
    expect(demandOf(edited((chain) => "transport_socket" in chain))).toBe("strict");
    expect(demandOf(edited((chain) => !("transport_socket" in chain)))).toBe("off");
    expect(demandOf(edited(() => false))).toBe("unknown");
  });

  it.each(["", "{", "null", "[]", '{"resources": 7}', '{"resources": [null, {"traffic_direction": "INBOUND", "filter_chains": "x"}]}'])(
    "does not know what %s demands",
    (text) => expect(demandOf(text)).toBe("unknown"),
  );
});
