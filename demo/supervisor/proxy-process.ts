import { spawnEnvoy, waitUntilReady, type EnvoyOptions, type EnvoyProcess } from "#peers/envoy/start.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reaper } from "./reaper.ts";

/** `killed` and `frozen` are set on purpose; a proxy that dies by itself is started again. */
export type ProxyState = "running" | "killed" | "frozen";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** One Envoy under supervision. */
export class ProxyProcess {
  readonly id: string;
  readonly #options: EnvoyOptions;
  readonly #reaper: Reaper;
  readonly #onNewPid: () => void;
  #envoy: EnvoyProcess | undefined;
  #state: ProxyState = "running";
  #stopping = false;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(id: string, options: EnvoyOptions, reaper: Reaper, onNewPid: () => void) {
    this.id = id;
    this.#options = options;
    this.#reaper = reaper;
    this.#onNewPid = onNewPid;
  }

  get pid(): number {
    return this.#envoy?.pid ?? 0;
  }

  get state(): ProxyState {
    return this.#state;
  }

  /** Spawns the proxy and answers when it is ready. Throws when it ends first, with its log's last lines. */
  async start(): Promise<void> {
    const envoy = spawnEnvoy(this.#options);
    this.#envoy = envoy;
    this.#reaper.watch(envoy.pid);
    void envoy.exited.then(() => {
      this.#reaper.forget(envoy.pid);
      void this.#restart(envoy);
    });
    await waitUntilReady(envoy, this.#options);
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#onNewPid();
  }

  async become(wanted: ProxyState): Promise<void> {
    if (wanted === this.#state) return;
    if (wanted === "killed") return this.#kill();
    if (this.#state === "killed") {
      this.#state = "running";
      await this.start();
    }
    this.#envoy?.kill(wanted === "frozen" ? "SIGSTOP" : "SIGCONT");
    this.#state = wanted;
  }

  /** Ends the proxy for good, quickly: nobody is served any more. A frozen one can only be killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const envoy = this.#envoy;
    if (envoy === undefined) return;
    envoy.kill(this.#state === "frozen" ? "SIGKILL" : "SIGTERM");
    await Promise.race([envoy.exited, sleep(1_500, undefined, { ref: false })]);
    envoy.kill("SIGKILL");
    await envoy.exited;
  }

  async #kill(): Promise<void> {
    this.#state = "killed";
    this.#envoy?.kill("SIGKILL");
    await this.#envoy?.exited;
  }

  async #restart(ended: EnvoyProcess): Promise<void> {
    const isExpected = (): boolean => this.#stopping || this.#state === "killed" || this.#envoy !== ended;
    if (isExpected()) return;
    await sleep(this.#pauseMs, undefined, { ref: false });
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    if (isExpected()) return;
    this.#state = "running";
    // A failed start ends the process too, which brings us back here with a longer pause.
    await this.start().catch(() => undefined);
  }
}
