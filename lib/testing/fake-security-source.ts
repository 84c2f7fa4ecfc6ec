import { err, ok, type Result, type WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { ObservedCalls, RefusedConnections, SecurityFacts } from "#lib/model/security-facts.ts";
import type { SecuritySource } from "#lib/ports/security.ts";

import { START_MS } from "./builders.ts";
import { factsOf } from "./security-builders.ts";

type Call = Omit<ObservedCalls, "firstSeenMs" | "lastSeenMs">;
type Refused = Omit<RefusedConnections, "firstSeenMs" | "lastSeenMs">;

/** What a source tells besides what it sees. */
export type KnownFacts = Partial<Omit<SecurityFacts, "window" | "calls" | "refusals">>;

/** A source that remembers everything that it was told, and adds up exactly what a window holds. */
export interface FakeSecuritySource extends SecuritySource {
  /** Calls that came at an instant, in seconds after `START_MS`: plaintext from `legacy` to `ledger` where nothing else is said. */
  see(atS: number, call?: Partial<Call>): void;
  /** The same for connections that were refused, for plaintext and told by the server's side where nothing else is said. */
  refuse(atS: number, refused?: Partial<Refused>): void;
  know(facts: KnownFacts): void;
  /** Every later answer fails; `null` lets it answer again. */
  failWith(error: WeftError | null): void;
  /** Every later answer comes with this evidence. */
  say(evidence: Partial<Omit<Sourced<unknown>, "value">>): void;
  /** The windows that were asked for. */
  readonly asked: readonly { fromMs: number | null; toMs: number }[];
}

const CALL: Call = {
  source: "shop/legacy",
  target: "shop/ledger",
  protocol: "http",
  identity: null,
  address: "10.0.0.9",
  tlsVersion: null,
  transport: "plaintext",
  count: 1,
};

const REFUSED: Refused = {
  source: "shop/legacy",
  target: "shop/ledger",
  witness: "server",
  reason: "plaintext",
  claimed: null,
  address: "10.0.0.9",
  count: 1,
};

/** Calls over mutual TLS, as `see` takes them. */
export function mutualCalls(count: number, source = "shop/payments"): Partial<Call> {
  return { source, identity: `spiffe://demo.mesh/ns/shop/sa/${source}`, address: null, tlsVersion: "TLSv1.3", transport: "mutual", count };
}

export function createFakeSecurity(id = "fake-security", options: { reportMs?: number } = {}): FakeSecuritySource {
  return new InMemorySecurity(id, options.reportMs ?? 1_000);
}

interface Timed<T> {
  atMs: number;
  told: T;
}

class InMemorySecurity implements FakeSecuritySource {
  readonly id: string;
  readonly reportMs: number;
  readonly asked: { fromMs: number | null; toMs: number }[] = [];
  readonly #calls: Timed<Call>[] = [];
  readonly #refusals: Timed<Refused>[] = [];
  #known: KnownFacts = {};
  #error: WeftError | null = null;
  #evidence: Partial<Omit<Sourced<unknown>, "value">> = {};

  constructor(id: string, reportMs: number) {
    this.id = id;
    this.reportMs = reportMs;
  }

  see(atS: number, call: Partial<Call> = {}): void {
    this.#calls.push({ atMs: START_MS + atS * 1_000, told: { ...CALL, ...call } });
  }

  refuse(atS: number, refused: Partial<Refused> = {}): void {
    this.#refusals.push({ atMs: START_MS + atS * 1_000, told: { ...REFUSED, ...refused } });
  }

  know(facts: KnownFacts): void {
    this.#known = { ...this.#known, ...facts };
  }

  failWith(error: WeftError | null): void {
    this.#error = error;
  }

  say(evidence: Partial<Omit<Sourced<unknown>, "value">>): void {
    this.#evidence = evidence;
  }

  async security(asked: { fromMs: number | null; toMs: number }): Promise<Result<Sourced<SecurityFacts>>> {
    this.asked.push(asked);
    if (this.#error !== null) return err(this.#error);
    const oldestMs = [...this.#calls, ...this.#refusals].reduce<number | null>((least, { atMs }) => Math.min(atMs, least ?? atMs), null);
    const window = { fromMs: asked.fromMs ?? (oldestMs ?? asked.toMs) - 1, toMs: asked.toMs };
    const seen = { observedSinceMs: oldestMs, window, calls: fold(this.#calls, window), refusals: this.refusals(window) };
    const facts = factsOf({ ...seen, ...this.#known });
    const provenance = [{ source: this.id, kind: "fake", query: "memory", observedAt: null }];
    return ok({ value: facts, provenance, notices: [], coverage: "complete", ...this.#evidence });
  }

  refusals(window: TimeWindow): RefusedConnections[] {
    return fold(this.#refusals, window);
  }
}

interface Seen {
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Counts of `(from, to]` by everything that tells two rows apart; the instants are of all that was told. */
function fold<T extends Call | Refused>(told: readonly Timed<T>[], window: TimeWindow): (T & Seen)[] {
  const rows = new Map<string, T & Seen>();
  for (const { atMs, told: one } of told) {
    const key = JSON.stringify({ ...one, count: 0 });
    const known = rows.get(key);
    const count = atMs > window.fromMs && atMs <= window.toMs ? one.count : 0;
    const firstSeenMs = Math.min(atMs, known?.firstSeenMs ?? atMs);
    const lastSeenMs = Math.max(atMs, known?.lastSeenMs ?? atMs);
    rows.set(key, { ...one, count: count + (known?.count ?? 0), firstSeenMs, lastSeenMs });
  }
  return [...rows.values()].filter(({ count }) => count > 0);
}
