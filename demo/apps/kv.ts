import { connect, createServer, type Server, type Socket } from "node:net";
import type { Instance } from "../mesh/plan.ts";
import { edgeTo, refusedLanding, brokenLanding } from "./arrival.ts";
import type { RequestContext } from "./context.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { AppServer, Runtime } from "./runtime.ts";

/**
 * A small key-value protocol, a line a command: `HELLO <caller>`, `GET <key>`, `SET <key> <value>`, `BYE`. Each command gets one line
 * back. The greeting names the caller, since TCP has no headers, and is what the ledger counts.
 */
export function kvApp(runtime: Runtime, app: AppIdentity, port: number): AppServer {
  const store = new Map<string, string>();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    service: app.service,
    version: app.version,
    start: () =>
      new Promise((resolve, reject) => {
        server = createServer((socket) => {
          sockets.add(socket);
          socket.once("close", () => sockets.delete(socket));
          serve(runtime, app, store, socket);
        });
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server?.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(runtime: Runtime, app: AppIdentity, store: Map<string, string>, socket: Socket): void {
  socket.on("error", () => undefined);
  runtime.inFlight += 1;
  socket.once("close", () => {
    runtime.inFlight -= 1;
  });
  const started = performance.now();
  eachLine(socket, (line) => {
    const [command = "", key = "", ...value] = line.split(" ");
    if (command === "HELLO") {
      const edge = { source: key, target: app.service, version: app.version, protocol: "tcp" } as const;
      runtime.tally.arrived(edge, { atMs: Date.now(), durationMs: performance.now() - started, error: false, attempt: 1 });
      socket.write(`OK ${app.service}@${app.version ?? ""}\n`);
    } else if (command === "BYE") socket.end("OK\n");
    else socket.write(`${reply(store, command, key, value.join(" "))}\n`);
  });
}

/** Bounded, because visitors never run out of new baskets. */
const MAX_KEYS = 10_000;

function reply(store: Map<string, string>, command: string, key: string, value: string): string {
  if (command === "GET") return `VALUE ${store.get(key) ?? ""}`;
  if (command !== "SET") return "ERROR unknown command";
  if (store.size >= MAX_KEYS) store.clear();
  store.set(key, value);
  return "OK";
}

export type KvCaller = (key: string, value: string, context: RequestContext) => Promise<{ readonly ok: boolean }>;

const HOST = "kv";
const CALL_TIMEOUT_MS = 15_000;

/** Stores a value over a connection of its own, through the application's proxy. */
export function kvCaller(runtime: Runtime, app: Instance): KvCaller {
  const port = app.outboundPorts[HOST];
  if (port === undefined) throw new Error(`${app.service} has no way to ${HOST}`);
  return async (key, value) => {
    runtime.inFlight += 1;
    const { hungUp, done } = await converse(app, port, [`HELLO ${app.service}`, `SET ${key} ${value}`, `GET ${key}`, "BYE"]);
    runtime.inFlight -= 1;
    // A proxy that reaches nobody accepts and then hangs up: without a greeting nobody was there.
    const landing = hungUp ? refusedLanding(HOST) : brokenLanding(HOST);
    runtime.tally.departed(edgeTo(app.service, HOST, landing), { atMs: Date.now(), error: !done, neverArrived: landing.neverArrived });
    return { ok: done };
  };
}

function converse(app: Instance, port: number, commands: readonly string[]): Promise<{ hungUp: boolean; done: boolean }> {
  return new Promise((resolve) => {
    let answers = 0;
    let late = false;
    const socket = connect({ host: "127.0.0.1", port, localAddress: app.address });
    socket.setTimeout(CALL_TIMEOUT_MS, () => {
      late = true;
      socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.once("close", () => resolve({ hungUp: answers === 0 && !late, done: answers === commands.length }));
    socket.write(commands.map((command) => `${command}\n`).join(""));
    eachLine(socket, () => {
      answers += 1;
    });
  });
}

function eachLine(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.trim());
  });
}
