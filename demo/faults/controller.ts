import { setTimeout as sleep } from "node:timers/promises";
import type { AppFaults } from "../apps/messages.ts";
import { writeEndpoints } from "../supervisor/configuration.ts";
import type { Mesh } from "../supervisor/mesh.ts";
import { faultNames, type FaultNames } from "./names.ts";
import { parseFaults } from "./parse.ts";
import { healthy, jobsOf, merge, type Faults, type FaultsPatch } from "./state.ts";

/** What `GET /faults` answers: all settings, and whether calls are still on their way. */
export interface FaultsReport extends Faults {
  readonly inFlight: number;
  /** The load is paused and nothing is on its way: counts no longer move. */
  readonly drained: boolean;
}

/** Longer than any call of the demo lives. */
const DRAIN_LIMIT_MS = 20_000;

/** Sets and undoes faults on the running mesh, one request after the other. */
export class FaultController {
  readonly #mesh: Mesh;
  readonly #names: FaultNames;
  #faults: Faults;
  #revision = 1;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(mesh: Mesh, rps: number) {
    this.#mesh = mesh;
    this.#names = faultNames([...mesh.proxies.keys()]);
    this.#faults = healthy(this.#names, rps);
  }

  /** Sets the load going, and with it all that applications must know. */
  async begin(): Promise<void> {
    await this.#mesh.setAppFaults(appFaults(this.#faults));
  }

  async report(): Promise<FaultsReport> {
    const statuses = await this.#mesh.askAll({ kind: "status" });
    const inFlight = statuses.reduce((sum, status) => sum + status.inFlight, 0);
    return { ...this.#faults, proxies: this.#proxyStates(), inFlight, drained: this.#faults.load === "paused" && inFlight === 0 };
  }

  /** Names of the jobs outside that call now. */
  get jobs(): readonly string[] {
    return jobsOf(this.#faults);
  }

  /** Checks the whole request first (InvalidFault), then applies it. */
  async apply(input: unknown): Promise<FaultsReport> {
    const patch = parseFaults(input, this.#names);
    const turn = this.#turn.then(() => this.#apply(patch));
    this.#turn = turn.catch(() => undefined);
    await turn;
    return this.report();
  }

  async #apply(patch: FaultsPatch): Promise<void> {
    const { dir, plan, certificates, proxies } = this.#mesh;
    this.#revision += 1;
    const version = String(this.#revision);
    for (const [service, state] of Object.entries(patch.certificates ?? {})) await certificates.issue(service, state);
    for (const instance of plan.instances) {
      const partitioned = patch.partition?.[instance.id];
      if (partitioned !== undefined) writeEndpoints(dir, plan, instance, { partitioned, version });
    }
    await Promise.all(Object.entries(patch.proxies ?? {}).map(async ([id, state]) => proxies.get(id)?.become(state)));
    this.#faults = merge(this.#faults, patch);
    await this.#mesh.setAppFaults(appFaults(this.#faults));
    if (patch.load === "paused") await this.#untilDrained();
  }

  /** So that "paused" in the answer usually also means "nothing moves any more"; when something hangs, the report says so instead. */
  async #untilDrained(): Promise<void> {
    const deadline = performance.now() + DRAIN_LIMIT_MS;
    while (performance.now() < deadline) {
      const statuses = await this.#mesh.askAll({ kind: "status" });
      if (statuses.every((status) => status.inFlight === 0)) return;
      await sleep(50);
    }
  }

  #proxyStates(): Faults["proxies"] {
    return Object.fromEntries([...this.#mesh.proxies].map(([id, proxy]) => [id, proxy.state]));
  }
}

function appFaults(faults: Faults): AppFaults {
  return {
    errors: faults.errors,
    delays: faults.delays,
    stopped: Object.keys(faults.apps).filter((name) => faults.apps[name] === "stopped"),
    load: { running: faults.load === "running", pagesPerSecond: faults.rps, jobs: jobsOf(faults) },
  };
}
