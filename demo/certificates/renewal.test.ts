import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CertificateState } from "./leaves.ts";
import { FIRST_SPACING_MS, LOOK_EVERY_MS, renewalAt, RETRY_AFTER_MS, startRenewal, type RenewalClock } from "./renewal.ts";
import { WorkloadCertificates, type IssuedCertificate } from "./workload-certificates.ts";

const MINUTE_MS = 60_000;
const START_MS = 1_795_269_600_000;

class HandClock implements RenewalClock {
  #nowMs = START_MS;
  #run: (() => void) | undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  every(_periodMs: number, run: () => void): () => void {
    this.#run = run;
    return () => {
      this.#run = undefined;
    };
  }

  get isTicking(): boolean {
    return this.#run !== undefined;
  }

  /** Goes on by whole looks, each with all that it begins. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs;) {
      this.#nowMs += LOOK_EVERY_MS;
      this.#run?.();
      await settled();
    }
  }

  /** As when the machine slept: the time is gone and nothing ran. */
  sleep(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Everything that waits for nothing but other promises has run. */
function settled(): Promise<void> {
  return new Promise((done) => void setImmediate(done));
}

interface Issued {
  readonly service: string;
  readonly state: CertificateState;
  readonly minute: number;
}

const LEFT_MINUTES = { valid: 115, "wrong-san": 115, expiring: 15, expired: -60 };
const AGE_MINUTES = { valid: 5, "wrong-san": 5, expiring: 24 * 60, expired: 180 };

async function setUp(states: Readonly<Record<string, CertificateState>>) {
  const clock = new HandClock();
  const log: Issued[] = [];
  const complaints: string[] = [];
  const failing = new Set<string>();
  const certificates = new WorkloadCertificates(async (service, state, version): Promise<IssuedCertificate> => {
    await Promise.resolve();
    if (failing.has(service)) throw new Error("the disk is full");
    log.push({ service, state, minute: Math.round((clock.nowMs() - START_MS) / MINUTE_MS) });
    const nowMs = clock.nowMs();
    const life = { notBeforeMs: nowMs - AGE_MINUTES[state] * MINUTE_MS, notAfterMs: nowMs + LEFT_MINUTES[state] * MINUTE_MS };
    return { service, state, serial: version, identity: "", ...life };
  });
  await Promise.all(Object.entries(states).map(([service, state]) => certificates.issue(service, state)));
  log.length = 0;
  const renewal = startRenewal(certificates, clock, (problem) => complaints.push(problem));
  return { clock, log, complaints, failing, certificates, renewal };
}

describe("startRenewal", () => {
  it("renews one service after the other in the first minutes, then each at half of its life", async () => {
    const { clock, log } = await setUp({ cart: "valid", kv: "valid", payments: "valid" });
    await clock.pass(8 * MINUTE_MS);
    const spacing = FIRST_SPACING_MS / MINUTE_MS;
    expect(log.map(({ service }) => service)).toEqual(["cart", "kv", "payments"]);
    expect(log.map(({ minute }) => minute)).toEqual([spacing, 2 * spacing, 3 * spacing].map(Math.round));
    log.length = 0;
    await clock.pass(40 * MINUTE_MS);
    expect(log).toEqual([]);
    await clock.pass(20 * MINUTE_MS);
    expect(log.map(({ service }) => service)).toEqual(["cart", "kv", "payments"]);
  });

  it("renews what is near its end in its last minute, into another of the kind", async () => {
    const { clock, log } = await setUp({ ratings: "expiring" });
    await clock.pass(13 * MINUTE_MS);
    expect(log).toEqual([]);
    await clock.pass(MINUTE_MS);
    await clock.pass(28 * MINUTE_MS);
    expect(log.map(({ state, minute }) => [state, minute])).toEqual([
      ["expiring", 14],
      ["expiring", 28],
      ["expiring", 42],
    ]);
  });

  it("never lets a certificate end, and always leaves an expired one alone", async () => {
    const state = fc.constantFrom<CertificateState>("valid", "expiring", "expired", "wrong-san");
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), state),
        fc.integer({ min: 1, max: 180 }),
        async (states, minutes) => {
          const { clock, certificates } = await setUp(states);
          await clock.pass(minutes * MINUTE_MS);
          for (const one of certificates.list()) {
            expect(one.state).toBe(states[one.service]);
            expect(one.notAfterMs > clock.nowMs()).toBe(one.state !== "expired");
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("keeps a fault that was set, and stops renewing what has just been replaced by hand", async () => {
    const { clock, log, certificates } = await setUp({ cart: "valid" });
    await certificates.issue("cart", "wrong-san");
    log.length = 0;
    await clock.pass(10 * MINUTE_MS);
    expect(log).toEqual([]);
    await clock.pass(50 * MINUTE_MS);
    expect(log.map(({ state }) => state)).toEqual(["wrong-san"]);
  });

  it("outlives what cannot be issued: the others are renewed, and it is tried again later", async () => {
    const { clock, log, complaints, failing } = await setUp({ cart: "expiring", kv: "expiring" });
    failing.add("cart");
    await clock.pass(14 * MINUTE_MS);
    expect(log.map(({ service }) => service)).toEqual(["kv"]);
    expect(complaints).toEqual(["The certificate of cart could not be renewed: the disk is full"]);
    await clock.pass(RETRY_AFTER_MS - LOOK_EVERY_MS);
    expect(complaints).toHaveLength(1);
    failing.clear();
    await clock.pass(LOOK_EVERY_MS);
    expect(log.map(({ service }) => service)).toEqual(["kv", "cart"]);
  });

  it("renews at once what came due while the machine slept", async () => {
    const { clock, log } = await setUp({ cart: "valid", ratings: "expiring" });
    clock.sleep(5 * 60 * MINUTE_MS);
    await clock.pass(LOOK_EVERY_MS);
    expect(log.map(({ service }) => service)).toEqual(["cart", "ratings"]);
  });

  it("stops: what is on its way ends, nothing else begins", async () => {
    const { clock, log, renewal } = await setUp({ cart: "expiring", kv: "expiring" });
    clock.sleep(14 * MINUTE_MS);
    const passing = clock.pass(LOOK_EVERY_MS);
    await renewal.stop();
    await passing;
    expect(log.map(({ service }) => service)).toEqual(["cart"]);
    expect(clock.isTicking).toBe(false);
  });
});

describe("renewalAt", () => {
  it("lies within the certificate's life, or never comes", () => {
    const life = { service: "cart", serial: "1", identity: "", notBeforeMs: 0, notAfterMs: 120 * MINUTE_MS };
    expect(renewalAt({ ...life, state: "valid" })).toBe(60 * MINUTE_MS);
    expect(renewalAt({ ...life, state: "expiring" })).toBe(119 * MINUTE_MS);
    expect(renewalAt({ ...life, state: "expired" })).toBe(Infinity);
  });
});

describe("WorkloadCertificates", () => {
  it("issues in turn, so that the last wish holds", async () => {
    const { certificates, log } = await setUp({ cart: "valid" });
    const { serial = "" } = certificates.list()[0] ?? {};
    await Promise.all([certificates.issue("cart", "expired"), certificates.renew("cart", serial), certificates.issue("cart", "wrong-san")]);
    expect(log.map(({ state }) => state)).toEqual(["expired", "wrong-san"]);
    expect(certificates.list().map(({ state }) => state)).toEqual(["wrong-san"]);
  });

  it("keeps the old one when a new one cannot be issued, and goes on", async () => {
    const { certificates, failing } = await setUp({ cart: "valid" });
    failing.add("cart");
    await expect(certificates.issue("cart", "expired")).rejects.toThrow("the disk is full");
    expect(certificates.list()).toMatchObject([{ state: "valid" }]);
    failing.clear();
    await certificates.issue("cart", "expired");
    expect(certificates.list()).toMatchObject([{ state: "expired" }]);
  });
});
