import type { RoutingAdmin } from "./routing-admin.ts";
import type { DirectoryReading } from "../directory.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import { clusterFacts, unseenCluster } from "../config/cluster-facts.ts";
import { nameTarget, type TargetName } from "./target-names.ts";
import { ProxyReadings, type ProxyReading } from "../files/proxy-readings.ts";
import type { RoutingMemory } from "./memory.ts";
import { findSubscriptions, type Subscription } from "./subscriptions.ts";

/** A proxy of the directory and what is known of where its routes come from. */
export type KnownProxy = ProxyReading<Subscription[]>;

interface ProxyBookOptions {
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address; each of its calls has its own deadline. */
  admin: (address: string) => RoutingAdmin;
  clock: Clock;
  memory: RoutingMemory;
  /** Who a target is by everything the collector knows; `null` where it does not know either. */
  identify: (cluster: string) => TargetName | null;
}

/** Knows which proxies take their routes from which file, also of proxies that do not answer now. */
export class ProxyBook {
  readonly #options: ProxyBookOptions;
  readonly #readings: ProxyReadings<Subscription[]>;
  #clusters: Readonly<Record<string, TargetName>> = {};
  #freshClusters = new Map<string, TargetName>();

  constructor(options: ProxyBookOptions) {
    this.#options = options;
    const { directory, clock, memory } = options;
    this.#readings = new ProxyReadings({
      directory,
      clock,
      ask: (address) => this.#readOne(address),
      async recall(id) {
        const { proxies } = await memory.read();
        return Object.hasOwn(proxies, id) ? (proxies[id] ?? null) : null;
      },
      keep: (readings) => this.#keep(readings),
    });
  }

  /** All proxies of the directory, as fresh as the purpose needs them (see `ProxyReadings`). */
  async proxies(purpose: "listing" | "planning"): Promise<readonly KnownProxy[]> {
    return await this.#readings.proxies(purpose);
  }

  /** Asks again behind the caller's back while some proxy has never told where its routes come from. */
  learnUnknown(): void {
    this.#readings.learnUnknown();
  }

  /** What is known of one proxy's subscriptions without asking it; `null` when it never told. */
  async toldBy(id: string): Promise<readonly Subscription[] | null> {
    return await this.#readings.toldBy(id);
  }

  /** Addresses as the directory has them. */
  async addresses(): Promise<ReadonlyMap<string, string>> {
    return await this.#readings.addresses();
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

  async #keep(readings: readonly KnownProxy[]): Promise<void> {
    const { memory } = this.#options;
    const remembered = await memory.read();
    // What only silent proxies knew is kept until they all answer again; then what nobody names is forgotten.
    const kept = readings.some((proxy) => proxy.failure !== null) ? remembered.clusters : {};
    this.#clusters = { ...kept, ...Object.fromEntries(this.#freshClusters) };
    this.#freshClusters = new Map();
    await memory.update((state) => {
      state.proxies = Object.fromEntries(readings.flatMap((proxy) => (proxy.told === null ? [] : [[proxy.id, [...proxy.told]]])));
      state.clusters = { ...this.#clusters };
    });
  }

  async #readOne(address: string): Promise<Result<Subscription[]>> {
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
      this.#freshClusters.set(cluster.name, nameTarget(clusterFacts(cluster)));
    }
    const listeners = [...fixed.value.map((one) => one.listener), ...dynamic.value.map((one) => one.active_state?.listener)];
    return ok(findSubscriptions(listeners));
  }
}
