import { beforeEach, describe, expect, it } from "vitest";

import type { HeldCertificate } from "./held-certificates.ts";
import { createSecretLog, type SecretLog } from "./secret-log.ts";

const WEB = { id: "web-1", nodeId: "shop/web" };
let log: SecretLog;

beforeEach(() => {
  log = createSecretLog();
});

function held(serial: string, more: Partial<HeldCertificate> = {}): HeldCertificate {
  const rest = { subject: null, issuer: null, names: [], identities: [], validFrom: null, expiresAt: null };
  return { secret: "workload", role: "workload", serial, ...rest, ...more };
}

const unnamed = (serial: string): HeldCertificate => held(serial, { secret: null });
const authority = held("ca", { role: "authority", secret: null });

describe("what happened to secrets", () => {
  it("is nothing at first sight, then each change", () => {
    for (const [atMs, serial] of [
      [1, "a"],
      [2, "a"],
      [3, "b"],
      [4, "c"],
    ] as const)
      log.noteCertificates(WEB, [held(serial), authority], atMs);
    const about = { kind: "rotated", proxyId: "web-1", nodeId: "shop/web", secret: "workload" };
    expect(log.events()).toEqual([
      { ...about, atMs: 3, fromSerial: "a", toSerial: "b" },
      { ...about, atMs: 4, fromSerial: "b", toSerial: "c" },
    ]);
  });

  it("is not guessed where several certificates have no name", () => {
    log.noteCertificates(WEB, [unnamed("a"), unnamed("b")], 1);
    log.noteCertificates(WEB, [unnamed("c"), unnamed("b")], 2);
    expect(log.events()).toEqual([]);
  });

  it("is one change where the secret's name comes a moment later", () => {
    for (const [atMs, one] of [held("a"), unnamed("b"), held("b"), unnamed("c"), held("c")].entries())
      log.noteCertificates(WEB, [one], atMs);
    expect(log.events().map(({ secret, fromSerial, toSerial }) => [secret, fromSerial, toSerial])).toEqual([
      ["workload", "a", "b"],
      ["workload", "b", "c"],
    ]);
  });

  it("is told of a refused secret, from the first look on, and anew after a restart", () => {
    log.noteCertificates(WEB, [held("a")], 1);
    log.noteRejections(WEB, new Map([["workload", 4]]), true, 1);
    log.noteRejections(WEB, new Map([["workload", 4]]), false, 2);
    log.noteRejections(
      WEB,
      new Map([
        ["workload", 5],
        ["other\u202e", 1],
      ]),
      false,
      3,
    );
    log.noteRejections(WEB, new Map([["workload", 1]]), true, 4);
    log.noteRejections(WEB, new Map([["workload", 2]]), false, 5);
    const about = { kind: "rejected", proxyId: "web-1", nodeId: "shop/web", toSerial: null };
    expect(log.events()).toEqual([
      { ...about, atMs: 3, secret: "workload", fromSerial: "a" },
      { ...about, atMs: 3, secret: "other\\u{202e}", fromSerial: null },
      { ...about, atMs: 5, secret: "workload", fromSerial: "a" },
    ]);
  });

  it("is kept 500 times, and outlives its proxy", () => {
    for (let index = 0; index < 600; index++) log.noteCertificates(WEB, [held(`s${index}`)], index);
    log.forget(WEB.id);
    log.noteCertificates(WEB, [held("new")], 700);
    expect([log.events().length, log.events()[0]?.toSerial, log.events().at(-1)?.toSerial]).toEqual([500, "s100", "s599"]);
  });
});

const ends = (serial: string, atMs: number): HeldCertificate => held(serial, { secret: serial, expiresAt: new Date(atMs).toISOString() });

describe("a node that has only ended certificates to show", () => {
  it("is known by any of its proxies, as long as no other one stands beside, and not by its authority's", () => {
    const other = { id: "web-2", nodeId: "shop/web" };
    log.noteCertificates(WEB, [ends("a", 1_000), held("ca", { role: "authority" })], 1);
    expect([999, 1_000].map((atMs) => log.hasOnlyEnded("shop/web", atMs))).toEqual([false, true]);
    expect(log.hasOnlyEnded("shop/cart", 1_000)).toBe(false);
    log.noteCertificates(other, [ends("c", 9_000)], 2);
    expect(log.hasOnlyEnded("shop/web", 1_000)).toBe(true);
    log.noteCertificates(WEB, [ends("a", 1_000), ends("b", 5_000)], 3);
    expect(log.hasOnlyEnded("shop/web", 1_000)).toBe(false);
    log.noteCertificates(WEB, [ends("a", 1_000), held("b")], 4);
    expect(log.hasOnlyEnded("shop/web", 9_999)).toBe(true);
    log.forget("web-2");
    expect(log.hasOnlyEnded("shop/web", 9_999)).toBe(false);
    log.noteCertificates(WEB, [], 5);
    expect(log.hasOnlyEnded("shop/web", 9_999)).toBe(false);
  });
});
