import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import { startEnvoy, type EnvoyProcess } from "#peers/envoy/start.ts";

import { createProxyDirectory } from "../../directory.ts";
import { createTestAuthority, type KeyPair } from "../../testing/authority.ts";
import { freePorts, listen } from "../../testing/ports.ts";
import { createListenerAdmin, type ListenerAdmin } from "../listener-admin.ts";
import { createEnvoyDemandTarget, type EnvoyDemandTarget, type EnvoyDemandTargetOptions } from "../target.ts";
import { bootstrapFor, ledgerText, secretOf, type MeshFiles } from "./mesh-texts.ts";

/** An open connection of a caller. */
export interface Caller {
  /** Sends one request and answers its status; `null` = the connection was refused or lost. */
  ask(): Promise<number | null>;
  close(): void;
}

/** Real Envoys of one workload that all take their listeners from `listeners/ledger.yaml`, before one application. */
export interface ListenerMesh {
  readonly listenersDir: string;
  readonly file: string;
  text(): Promise<string>;
  /** Puts a text in the place of the file, as another tool does it. */
  replace(text: string): Promise<void>;
  target(options?: Partial<EnvoyDemandTargetOptions>): EnvoyDemandTarget;
  admin(id: string): ListenerAdmin;
  /** Opens a connection to the inbound listener of a proxy, with a certificate of the mesh or without any. */
  dial(id: string, how: "mutual" | "plaintext"): Promise<Caller>;
  kill(id: string): Promise<void>;
  start(id: string): Promise<void>;
  close(): Promise<void>;
}

export async function startListenerMesh(ids: readonly string[]): Promise<ListenerMesh> {
  const mesh = new LedgerMesh(await mkdtemp(join(tmpdir(), "weft-listeners-")), (await resolveEnvoy()).path);
  try {
    await mesh.open(ids);
  } catch (cause) {
    await mesh.close();
    throw cause;
  }
  return mesh;
}

class LedgerMesh implements ListenerMesh {
  readonly listenersDir: string;
  readonly file: string;
  readonly #folder: string;
  readonly #envoy: string;
  readonly #admins = new Map<string, string>();
  readonly #running = new Map<string, EnvoyProcess>();
  readonly #http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
  readonly #app = createServer((_request, response) => void response.writeHead(200).end());
  #caller: KeyPair | null = null;

  constructor(folder: string, envoy: string) {
    this.#folder = folder;
    this.#envoy = envoy;
    this.listenersDir = join(folder, "listeners");
    this.file = join(this.listenersDir, "ledger.yaml");
  }

  async open(ids: readonly string[]): Promise<void> {
    await mkdir(this.listenersDir);
    await mkdir(join(this.#folder, "proxies"));
    const authority = await createTestAuthority("test mesh");
    const issue = (name: string, serial: string): Promise<KeyPair> =>
      authority.issue({ commonName: name, serial, names: [{ type: "url", value: `spiffe://mesh/ns/payments/sa/${name}` }] });
    this.#caller = await issue("payments", "0b01");
    const files: MeshFiles = { trust: join(this.#folder, "ca.pem"), secret: join(this.#folder, "workload.json"), listeners: this.file };
    await writeFile(files.trust, authority.certificate);
    await writeFile(files.secret, secretOf(await issue("ledger", "0a01")));
    await writeFile(this.file, ledgerText(files));
    const appPort = await listen(this.#app);
    const ports = await freePorts(ids.length);
    for (const [index, id] of ids.entries()) {
      const port = ports[index] ?? 0;
      this.#admins.set(id, `http://127.0.0.1:${port}`);
      await writeFile(this.#bootstrapOf(id), JSON.stringify(bootstrapFor(id, { admin: port, app: appPort }, files)));
      await writeFile(join(this.#folder, "proxies", `${id}.json`), JSON.stringify({ id, admin: this.#adminUrl(id) }));
    }
    await Promise.all(ids.map((id) => this.start(id)));
  }

  async text(): Promise<string> {
    return await readFile(this.file, "utf8");
  }

  async replace(text: string): Promise<void> {
    await writeFile(`${this.file}.new`, text);
    await rename(`${this.file}.new`, this.file);
  }

  target(options: Partial<EnvoyDemandTargetOptions> = {}): EnvoyDemandTarget {
    return createEnvoyDemandTarget({
      id: "listeners",
      listenersDir: this.listenersDir,
      directory: createProxyDirectory(join(this.#folder, "proxies")),
      admin: (address, timeoutMs) => createListenerAdmin({ address, http: this.#http, timeoutMs }),
      clock: systemClock,
      validateBinary: this.#envoy,
      memoryFile: null,
      ...options,
    });
  }

  admin(id: string): ListenerAdmin {
    return createListenerAdmin({ address: this.#adminUrl(id), http: this.#http, timeoutMs: 2_000 });
  }

  async dial(id: string, how: "mutual" | "plaintext"): Promise<Caller> {
    const answer = await this.#http.get({ url: `${this.#adminUrl(id)}/listeners?format=json`, timeoutMs: 2_000, maxBytes: 100_000 });
    if (!answer.ok) throw answer.error;
    const port = Number(/"inbound"[^}]*?"port_value":\s*(\d+)/s.exec(answer.value.text)?.[1]);
    const to = { host: "127.0.0.1", port };
    const pair = how === "mutual" && this.#caller !== null ? this.#caller : null;
    if (pair === null) return callerOver(connectTcp(to));
    return callerOver(connectTls({ ...to, cert: pair.certificate, key: pair.privateKey, rejectUnauthorized: false }));
  }

  async kill(id: string): Promise<void> {
    const process = this.#running.get(id);
    process?.kill("SIGKILL");
    await process?.exited;
    this.#running.delete(id);
  }

  async start(id: string): Promise<void> {
    const logFile = join(this.#folder, `${id}.log`);
    this.#running.set(
      id,
      await startEnvoy({ binary: this.#envoy, configFile: this.#bootstrapOf(id), logFile, adminUrl: this.#adminUrl(id) }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.kill(id)));
    await this.#http.close();
    this.#app.closeAllConnections();
    await new Promise<void>((resolve) => this.#app.close(() => resolve()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #adminUrl(id: string): string {
    return this.#admins.get(id) ?? "http://127.0.0.1:1";
  }

  #bootstrapOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** As bytes: the callers that matter here do not get far enough for a client library. */
function callerOver(socket: Socket): Caller {
  let isLost = false;
  socket.on("error", () => undefined);
  socket.on("close", () => {
    isLost = true;
  });
  return {
    ask: () =>
      new Promise((resolve) => {
        if (isLost) return resolve(null);
        const onClose = (): void => resolve(null);
        socket.once("close", onClose);
        socket.once("data", (chunk: Buffer) => {
          socket.off("close", onClose);
          resolve(Number(chunk.toString("latin1").split(" ")[1]));
        });
        socket.write("GET / HTTP/1.1\r\nhost: ledger\r\n\r\n");
      }),
    close: () => void socket.destroy(),
  };
}
