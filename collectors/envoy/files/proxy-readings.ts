import type { Result, WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { DirectoryReading } from "../directory.ts";
import { inBatches } from "./in-batches.ts";

/** A proxy of the directory and what it last told of where its configuration comes from. */
export interface ProxyReading<T> {
  id: string;
  address: string;
  /** `null` when it has never answered this question. */
  told: T | null;
  /** Why it did not answer the last time; `null` when it did. */
  failure: WeftError | null;
}

interface ProxyReadingsOptions<T> {
  directory: { read(): Promise<DirectoryReading> };
  clock: Clock;
  /** Asks the proxy at this address. */
  ask: (address: string) => Promise<Result<T>>;
  /** What a proxy told earlier, perhaps an earlier process; `null` when it never did. */
  recall: (id: string) => Promise<T | null>;
  /** Gets every reading, to remember it. */
  keep: (readings: readonly ProxyReading<T>[]) => Promise<void>;
}

const READERS = 32;
/** What a listing may be behind: subscriptions change rarely, and a plan asks anew. */
const LISTING_AGE_MS = 10_000;
/** A plan made twice in a row need not ask all proxies twice. */
const PLANNING_AGE_MS = 1_000;
const ADDRESSES_AGE_MS = 500;

/** Asks all proxies one question now and then, and keeps the answers of those that do not answer any more. */
export class ProxyReadings<T> {
  readonly #options: ProxyReadingsOptions<T>;
  #proxies: readonly ProxyReading<T>[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  #addressed: { atMs: number; addresses: ReadonlyMap<string, string> } = { atMs: Number.NEGATIVE_INFINITY, addresses: new Map() };

  constructor(options: ProxyReadingsOptions<T>) {
    this.#options = options;
  }

  /**
   * All proxies of the directory. A plan waits for an answer that is at most a second old; a listing takes what is known
   * and asks anew behind its back every ten seconds, so that one frozen proxy does not hold every page.
   */
  async proxies(purpose: "listing" | "planning"): Promise<readonly ProxyReading<T>[]> {
    const age = this.#options.clock.monotonicMs() - this.#readAtMs;
    if (age > (purpose === "listing" ? LISTING_AGE_MS : PLANNING_AGE_MS)) {
      this.#reading ??= this.#readAll().finally(() => {
        this.#reading = null;
      });
      if (purpose === "planning" || age === Number.POSITIVE_INFINITY) await this.#reading;
    }
    return this.#proxies;
  }

  /** Asks again behind the caller's back while some proxy has never told. */
  learnUnknown(): void {
    if (this.#proxies.length > 0 && !this.#proxies.some((proxy) => proxy.told === null)) return;
    // What goes wrong here is asked again by the next look.
    void this.proxies("planning").catch(() => undefined);
  }

  /** What one proxy told, without asking it; `null` when it never did. */
  async toldBy(id: string): Promise<T | null> {
    const known = this.#proxies.find((proxy) => proxy.id === id);
    return known === undefined ? await this.#options.recall(id) : known.told;
  }

  /** Addresses as the directory has them, at most half a second old: a proof asks for them every few milliseconds. */
  async addresses(): Promise<ReadonlyMap<string, string>> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#addressed.atMs > ADDRESSES_AGE_MS) {
      const { proxies } = await this.#options.directory.read();
      this.#addressed = { atMs: nowMs, addresses: new Map(proxies.map((proxy) => [proxy.id, proxy.address])) };
    }
    return this.#addressed.addresses;
  }

  async #readAll(): Promise<void> {
    const { directory, clock, ask, recall, keep } = this.#options;
    const { proxies } = await directory.read();
    const known = await inBatches(proxies, READERS, async ({ id, address }): Promise<ProxyReading<T>> => {
      const answer = await ask(address);
      if (answer.ok) return { id, address, told: answer.value, failure: null };
      return { id, address, told: await recall(id), failure: answer.error };
    });
    this.#proxies = known.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#readAtMs = clock.monotonicMs();
    await keep(this.#proxies);
  }
}
