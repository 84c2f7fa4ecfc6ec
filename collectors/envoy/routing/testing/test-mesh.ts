import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import { startEnvoy, type EnvoyProcess } from "#peers/envoy/start.ts";

import { createAdminClient, type AdminClient } from "../../admin/client.ts";
import { createProxyDirectory } from "../../directory.ts";
import { freePorts } from "../../testing/ports.ts";
import { createEnvoyRoutingTarget, type EnvoyRoutingTarget, type EnvoyRoutingTargetOptions } from "../target.ts";
import { bootstrapFor, listenersFor } from "./bootstrap.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import { REVIEWS_YAML } from "./route-texts.ts";

export interface TestMeshOptions {
  /** Ids of the proxies that read `routes/reviews.yaml`. */
  callers: readonly string[];
  text?: string;
  fileName?: string;
  /** Default `reviews`. */
  routeName?: string;
  /** Whether the proxies' listeners come from a file as well. */
  hasListenerFiles?: boolean;
  /** Target names that the proxies know, with the number of their endpoints. Default: v1 and v2 of reviews, one each. */
  clusters?: Readonly<Record<string, number>>;
}

/** Real Envoys that read one route file, in a folder of their own. */
export interface TestMesh {
  readonly folder: string;
  readonly routesDir: string;
  readonly routeFile: string;
  readonly envoy: string;
  admin(id: string, timeoutMs?: number): AdminClient;
  target(options?: Partial<EnvoyRoutingTargetOptions>): EnvoyRoutingTarget;
  signal(id: string, signal: NodeJS.Signals): void;
  /** Ends a proxy and waits until it is gone. */
  kill(id: string): Promise<void>;
  start(id: string): Promise<void>;
  log(id: string): Promise<string>;
  close(): Promise<void>;
}

const DEFAULT_CLUSTERS = { "outbound|9080|v1|reviews": 1, "outbound|9080|v2|reviews": 1 };

export async function startTestMesh(options: TestMeshOptions): Promise<TestMesh> {
  const mesh = new EnvoyMesh(await mkdtemp(join(tmpdir(), "weft-routing-")), (await resolveEnvoy()).path, options);
  try {
    await mesh.open();
  } catch (cause) {
    await mesh.close();
    throw cause;
  }
  return mesh;
}

class EnvoyMesh implements TestMesh {
  readonly folder: string;
  readonly routesDir: string;
  readonly routeFile: string;
  readonly envoy: string;
  readonly #options: TestMeshOptions;
  readonly #ports = new Map<string, number>();
  readonly #running = new Map<string, EnvoyProcess>();
  readonly #http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });

  constructor(folder: string, envoy: string, options: TestMeshOptions) {
    this.folder = folder;
    this.envoy = envoy;
    this.#options = options;
    this.routesDir = join(folder, "routes");
    this.routeFile = join(this.routesDir, options.fileName ?? "reviews.yaml");
  }

  async open(): Promise<void> {
    await mkdir(this.routesDir);
    await mkdir(join(this.folder, "proxies"));
    await writeFile(this.routeFile, this.#options.text ?? REVIEWS_YAML);
    const ports = await freePorts(this.#options.callers.length);
    for (const [index, id] of this.#options.callers.entries()) {
      const port = ports[index] ?? 0;
      this.#ports.set(id, port);
      const parts = {
        id,
        adminPort: port,
        routeFile: this.routeFile,
        routeName: this.#options.routeName ?? "reviews",
        listenerFile: this.#options.hasListenerFiles === true ? join(this.folder, `${id}-listeners.json`) : null,
        clusters: this.#options.clusters ?? DEFAULT_CLUSTERS,
      };
      if (parts.listenerFile !== null) await writeFile(parts.listenerFile, JSON.stringify(listenersFor(parts)));
      const bootstrap = bootstrapFor(parts);
      await writeFile(this.#bootstrapOf(id), JSON.stringify(bootstrap));
      await writeFile(join(this.folder, "proxies", `${id}.json`), JSON.stringify({ id, admin: this.#adminUrl(id) }));
    }
    await Promise.all(this.#options.callers.map((id) => this.start(id)));
  }

  admin(id: string, timeoutMs = 2_000): AdminClient {
    return createAdminClient({ address: this.#adminUrl(id), http: this.#http, timeoutMs });
  }

  target(options: Partial<EnvoyRoutingTargetOptions> = {}): EnvoyRoutingTarget {
    return createEnvoyRoutingTarget({
      id: "envoy",
      routesDir: this.routesDir,
      directory: createProxyDirectory(join(this.folder, "proxies")),
      admin: (address, timeoutMs) => createAdminClient({ address, http: this.#http, timeoutMs }),
      clock: systemClock,
      validateBinary: this.envoy,
      memoryFile: null,
      ...options,
    });
  }

  signal(id: string, signal: NodeJS.Signals): void {
    const process = this.#running.get(id);
    if (process === undefined) throw new Error(`${id} does not run`);
    process.kill(signal);
  }

  async kill(id: string): Promise<void> {
    const process = this.#running.get(id);
    process?.kill("SIGKILL");
    await process?.exited;
    this.#running.delete(id);
  }

  async start(id: string): Promise<void> {
    const options = { binary: this.envoy, configFile: this.#bootstrapOf(id), logFile: this.#logOf(id), adminUrl: this.#adminUrl(id) };
    this.#running.set(id, await startEnvoy(options));
  }

  async log(id: string): Promise<string> {
    return await readFile(this.#logOf(id), "utf8");
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.kill(id)));
    await this.#http.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #adminUrl(id: string): string {
    return `http://127.0.0.1:${this.#ports.get(id) ?? 0}`;
  }

  #bootstrapOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  #logOf(id: string): string {
    return join(this.folder, `${id}.log`);
  }
}
