import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type CertificateStatus, CertificateView } from "#lib/model/security.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { certificateOf, PAYMENTS_URI } from "#lib/testing/security-builders.ts";

import { firstExpiries, viewCertificate, viewCertificates, viewEvents } from "./certificate-view.ts";
import { peerIdentity } from "./peer-identity.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const YEAR = 365.25 * DAY;

function at(offsetMs: number | null): string | null {
  return offsetMs === null ? null : new Date(START_MS + offsetMs).toISOString();
}

function statusAt(fromMs: number | null, endMs: number | null): CertificateStatus {
  return viewCertificate(certificateOf({ validFrom: at(fromMs), expiresAt: at(endMs) }), 0, START_MS).status;
}

describe("the status of a certificate", () => {
  it.each<[string, number | null, number | null, CertificateStatus]>([
    ["half of a day is left", -DAY / 2, DAY / 2, "valid"],
    ["exactly a fifth is left", -8 * MINUTE, 2 * MINUTE, "valid"],
    ["less than a fifth is left", -8 * MINUTE - 1, 2 * MINUTE, "soon"],
    ["15 days of five years are left", -5 * YEAR, 15 * DAY, "valid"],
    ["13 days of five years are left", -5 * YEAR, 13 * DAY, "soon"],
    ["this is its last instant", -DAY, 0, "expired"],
    ["it ended long ago", -40 * YEAR, -30 * YEAR, "expired"],
    ["it has not begun", DAY, 2 * DAY, "notYet"],
    ["it begins now", 0, DAY, "valid"],
    ["it ends before it begins, and is between", DAY, DAY / 2, "notYet"],
    ["it ended before it begins", DAY, -DAY, "expired"],
    ["no dates", null, null, "unknown"],
    ["no end", -DAY, null, "unknown"],
    ["no beginning, and a week is left", null, 7 * DAY, "soon"],
    ["no beginning, and a year is left", null, YEAR, "valid"],
  ])("%s", (_case, fromMs, endMs, status) => {
    expect(statusAt(fromMs, endMs)).toBe(status);
  });

  it("is unknown for dates that are none", () => {
    const view = viewCertificate(certificateOf({ validFrom: "soon", expiresAt: "99999-99-99" }), 0, START_MS);
    expect(view).toMatchObject({ status: "unknown", leftMs: null });
  });
});

function findingsOf(part: Parameters<typeof certificateOf>[0]): string[] {
  return viewCertificate(certificateOf(part), 0, START_MS).findings;
}

describe("what is odd about a certificate", () => {
  it("is nothing for an ordinary one", () => {
    expect(findingsOf({})).toEqual([]);
    expect(findingsOf({ role: "authority", identities: [], names: [], validFrom: at(0), expiresAt: at(20 * YEAR) })).toEqual([]);
    expect(findingsOf({ serial: "0A:1B:2C" })).toEqual([]);
  });

  it.each<[string, Parameters<typeof certificateOf>[0], string]>([
    ["a life over ten years", { validFrom: at(0), expiresAt: at(11 * YEAR) }, "It lives 11 years"],
    ["an authority's over thirty", { role: "authority", validFrom: at(0), expiresAt: at(100 * YEAR) }, "It lives 100 years"],
    ["an end before the beginning", { validFrom: at(DAY), expiresAt: at(0) }, "It ends before it begins"],
    ["no dates", { validFrom: null }, "It does not tell when it begins and ends"],
    ["no names", { names: [], identities: [] }, "It carries no name at all"],
    ["no SPIFFE identity", { names: ["ledger.example"], identities: [] }, "It carries no SPIFFE identity"],
    ["a URI that is no SPIFFE id", { names: ["urn:x"], identities: [peerIdentity("urn:x")] }, "It carries no SPIFFE identity"],
    ["two of them", { identities: [peerIdentity(PAYMENTS_URI), peerIdentity("spiffe://b/c")] }, "It carries 2 SPIFFE identities"],
    ["100 names", { names: Array.from({ length: 100 }, (_, index) => `n${index}`) }, "It carries 100 names"],
    ["its own signature", { subject: "CN=a", issuer: "CN=a" }, "It is signed by itself"],
    ["no serial", { serial: "" }, "Its serial number"],
    ["serial zero", { serial: "0000" }, "Its serial number"],
    ["a negative serial", { serial: "-1f" }, "Its serial number"],
    ["a serial that is none", { serial: "\u202e<b>" }, "Its serial number"],
    ["a serial of 21 octets", { serial: "1".repeat(42) }, "Its serial number"],
  ])("%s", (_case, part, finding) => {
    const findings = findingsOf(part);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(new RegExp(`^${finding}`));
  });

  it("can be told of any certificate, and nothing is ever not a number", () => {
    const instant = fc.option(fc.constantFrom("", "x", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", at(0) ?? ""), { nil: null });
    fc.assert(
      fc.property(instant, instant, fc.string(), fc.array(fc.string(), { maxLength: 100 }), (validFrom, expiresAt, serial, names) => {
        const view = viewCertificate(certificateOf({ validFrom, expiresAt, serial, names }), 0, START_MS);
        expect(view.leftMs === null || Number.isFinite(view.leftMs)).toBe(true);
        expect((view.status === "unknown") === (view.leftMs === null && view.status !== "notYet")).toBe(true);
      }),
    );
  });
});

describe("certificates of a mesh", () => {
  const rotated = {
    atMs: START_MS,
    kind: "rotated",
    proxyId: "payments-v1-0.payments",
    nodeId: "payments/payments",
    secret: "workload",
    fromSerial: "1",
    toSerial: "2",
  } as const;

  it("stand in the order of their ends, with the rotations of their own secret", () => {
    const certificates = [
      certificateOf({ id: "none", secret: null, expiresAt: null }),
      certificateOf({ id: "late" }),
      certificateOf({ id: "early", secret: "other", expiresAt: at(-1) }),
    ];
    const changes = [rotated, rotated, { ...rotated, kind: "rejected" as const }, { ...rotated, proxyId: "other" }];
    const views = viewCertificates(certificates, changes, START_MS);
    expect(views.map(({ id, rotations }) => [id, rotations])).toEqual([
      ["early", 0],
      ["late", 2],
      ["none", 0],
    ]);
    for (const view of views) expect(CertificateView.parse(view)).toEqual(view);
  });

  it("give each node the first end of what it presents itself", () => {
    const firsts = firstExpiries([
      certificateOf({ expiresAt: at(DAY) }),
      certificateOf({ expiresAt: at(MINUTE) }),
      certificateOf({ expiresAt: at(-MINUTE), role: "authority" }),
      certificateOf({ expiresAt: null }),
      certificateOf({ nodeId: "a/b", expiresAt: null }),
    ]);
    expect([...firsts]).toEqual([["payments/payments", at(MINUTE)]]);
  });

  it("have their newest event first", () => {
    const events = viewEvents([rotated, { ...rotated, atMs: START_MS + 1, kind: "rejected" }]);
    expect(events.map(({ at: instant, kind }) => [instant, kind])).toEqual([
      [at(1), "rejected"],
      [at(0), "rotated"],
    ]);
  });
});
