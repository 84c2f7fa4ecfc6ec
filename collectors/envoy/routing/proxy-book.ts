import type { RoutingAdmin } from "./routing-admin.ts";
import type { DirectoryReading } from "../directory.ts";
import { ok, type Result, type WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import { clusterFacts, unseenCluster } from "../config/cluster-facts.ts";
import { nameTarget, type TargetName } from "./target-names.ts";
import { inBatches } from "./in-batches.ts";
import type { RoutingMemory } from "./memory.ts";
import { findSubscriptions, type Subscription } from "./subscriptions.ts";

/** A proxy of the directory and what is known of where its routes come from. */
export interface KnownProxy {
  id: string;
  address: string;
  /** `null` when it has never answered this question. */
  subscriptions: readonly Subscription[] | null;
  /** Why it did not answer the last time; `null` when it did. */
  failure: WeftError | null;
}

interface ProxyBookOptions {
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address; each of its calls has its own deadline. */
  admin: (address: string) => RoutingAdmin;
  clock: Clock;
  memory: RoutingMemory;
  /** Who a target is by everything the collector knows; `null` where it does not know either. */
  identify: (cluster: string) => TargetName | null;
}

const READERS = 32;
/** What a listing may be behind: subscriptions change rarely, and a plan asks anew. */
const LISTING_AGE_MS = 10_000;
/** A plan made twice in a row need not ask all proxies twice. */
const PLANNING_AGE_MS = 1_000;
const ADDRESSES_AGE_MS = 500;

/** Knows which proxies take their routes from which file, also of proxies that do not answer now. */
export class ProxyBook {
  readonly #options: ProxyBookOptions;
  #proxies: KnownProxy[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  #addressed: { atMs: number; addresses: ReadonlyMap<string, string> } = { atMs: Number.NEGATIVE_INFINITY, addresses: new Map() };
  #clusters: Readonly<Record<string, TargetName>> = {};

  constructor(options: ProxyBookOptions) {
    this.#options = options;
  }

  /**
   * All proxies of the directory. A plan waits for an answer that is at most a second old; a listing takes what is known
   * and asks anew behind its back every ten seconds, so that one frozen proxy does not hold every page.
   */
  async proxies(purpose: "listing" | "planning"): Promise<readonly KnownProxy[]> {
    const age = this.#options.clock.monotonicMs() - this.#readAtMs;
    if (age > (purpose === "listing" ? LISTING_AGE_MS : PLANNING_AGE_MS)) {
      this.#reading ??= this.#readAll().finally(() => {
        this.#reading = null;
      });
      if (purpose === "planning" || age === Number.POSITIVE_INFINITY) await this.#reading;
    }
    return this.#proxies;
  }

  /** Asks again behind the caller's back while some proxy has never told where its routes come from. */
  learnUnknown(): void {
    if (this.#proxies.length > 0 && !this.#proxies.some((proxy) => proxy.subscriptions === null)) return;
    // What goes wrong here is asked again by the next look.
    void this.proxies("planning").catch(() => undefined);
  }

  /** What is known of one proxy's subscriptions without asking it; `null` when it never told. */
  async subscriptionsOf(id: string): Promise<readonly Subscription[] | null> {
    const known = this.#proxies.find((proxy) => proxy.id === id)?.subscriptions;
    if (known !== undefined) return known;
    const { proxies } = await this.#options.memory.read();
    return Object.hasOwn(proxies, id) ? (proxies[id] ?? null) : null;
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

  /** Who stands behind a target name: as the collector knows it, else as proxies told, else what the name itself says. */
  facts(cluster: string): TargetName {
    const told = Object.hasOwn(this.#clusters, cluster) ? this.#clusters[cluster] : undefined;
    return this.#options.identify(cluster) ?? told ?? nameTarget(unseenCluster(cluster));
  }

  /** Target names that some proxy knows; `null` while none has told. */
  knownClusters(): ReadonlySet<string> | null {
    const names = Object.keys(this.#clusters);
    return names.length === 0 ? null : new Set(names);
  }

  /** The node that some proxy knows by this service name; `null` when none does, or several nodes have it. */
  nodeOfService(service: string): string | null {
    const ids = new Set(Object.values(this.#clusters).flatMap((facts) => (facts.service === service ? [facts.nodeId] : [])));
    const [only] = ids;
    return ids.size === 1 && only !== undefined ? only : null;
  }

  async #readAll(): Promise<void> {
    const { directory, memory, clock } = this.#options;
    const { proxies } = await directory.read();
    const remembered = await memory.read();
    const fresh = new Map<string, TargetName>();
    const known = await inBatches(proxies, READERS, async ({ id, address }): Promise<KnownProxy> => {
      const answer = await this.#readOne(address, fresh);
      if (answer.ok) return { id, address, subscriptions: answer.value, failure: null };
      const last = Object.hasOwn(remembered.proxies, id) ? remembered.proxies[id] : undefined;
      return { id, address, subscriptions: last ?? null, failure: answer.error };
    });
    this.#proxies = known.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    // What only silent proxies knew is kept until they all answer again; then what nobody names is forgotten.
    const kept = known.some((proxy) => proxy.failure !== null) ? remembered.clusters : {};
    this.#clusters = { ...kept, ...Object.fromEntries(fresh) };
    this.#readAtMs = clock.monotonicMs();
    await memory.update((state) => {
      state.proxies = Object.fromEntries(
        known.flatMap((proxy) => (proxy.subscriptions === null ? [] : [[proxy.id, [...proxy.subscriptions]]])),
      );
      state.clusters = { ...this.#clusters };
    });
  }

  async #readOne(address: string, clusters: Map<string, TargetName>): Promise<Result<Subscription[]>> {
    const admin = this.#options.admin(address);
    const clusterMask = ["cluster.name", "cluster.metadata"];
    const [fixed, dynamic, fixedClusters, dynamicClusters] = await Promise.all([
      admin.config("static_listeners", { mask: ["listener.filter_chains", "listener.default_filter_chain"] }),
      // Envoy takes no mask that reaches into a listener here, other than for static ones (checked on 1.40).
      admin.config("dynamic_listeners", { mask: ["active_state.listener"] }),
      admin.config("static_clusters", { mask: clusterMask }),
      admin.config("dynamic_active_clusters", { mask: clusterMask }),
    ]);
    if (!fixed.ok) return fixed;
    if (!dynamic.ok) return dynamic;
    if (!fixedClusters.ok) return fixedClusters;
    if (!dynamicClusters.ok) return dynamicClusters;
    for (const { cluster } of [...fixedClusters.value, ...dynamicClusters.value]) {
      clusters.set(cluster.name, nameTarget(clusterFacts(cluster)));
    }
    const listeners = [...fixed.value.map((one) => one.listener), ...dynamic.value.map((one) => one.active_state?.listener)];
    return ok(findSubscriptions(listeners));
  }
}
