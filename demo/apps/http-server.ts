import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { behaviourOf } from "./behaviour.ts";
import { contextOf, HEADERS, type RequestContext } from "./context.ts";
import type { AppIdentity } from "./app-identity.ts";
import { settingFor, type AppServer, type Runtime } from "./runtime.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What an application does for one request beyond its own work: the calls it makes. */
export type Handler = (context: RequestContext) => Promise<Answer>;

export interface HttpAppOptions {
  readonly runtime: Runtime;
  readonly app: AppIdentity;
  readonly port: number;
  readonly handler: Handler;
  readonly tls?: ServerOptions;
}

/** An HTTP application: draws its own work and failures, counts every request it answers, and reports a span for each. */
export function httpApp(options: HttpAppOptions): AppServer {
  const listener: RequestListener = (request, response) => {
    void serve(options, request, response);
  };
  let server: Server | undefined;
  return {
    service: options.app.service,
    version: options.app.version,
    start: () =>
      new Promise((resolve, reject) => {
        server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
        // Proxies keep connections open; if we closed one first, a request on its way would be lost for no reason the demo means.
        server.keepAliveTimeout = 0;
        server.once("error", reject);
        server.listen(options.port, "127.0.0.1", resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server?.close(() => resolve());
        server?.closeAllConnections();
      }),
  };
}

async function serve(options: HttpAppOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { runtime, app } = options;
  const startMs = Date.now();
  const started = performance.now();
  const context = contextOf(runtime, app, request.headers);
  runtime.inFlight += 1;
  response.once("close", () => {
    runtime.inFlight -= 1;
    // An answer that could not be finished is a call that its caller gave up.
    const error = response.statusCode >= 500 || !response.writableFinished;
    const durationMs = performance.now() - started;
    const edge = { source: context.caller, target: app.service, version: app.version, protocol: "http" } as const;
    runtime.tally.arrived(edge, { atMs: Date.now(), durationMs, error, attempt: context.attempt });
    runtime.spans.record(app, {
      trace: context.trace,
      name: `${request.method ?? "GET"} ${app.service}`,
      startMs,
      durationMs,
      error,
      attributes: {
        "http.request.method": request.method ?? "GET",
        "url.path": request.url ?? "/",
        "http.response.status_code": response.statusCode,
        ...context.attributes,
      },
    });
  });
  request.resume();
  const answer = await answerOf(options, context);
  response.writeHead(answer.status, { "content-type": "application/json", [HEADERS.app]: `${app.service}@${app.version ?? ""}` });
  response.end(`${JSON.stringify(answer.body)}\n`);
}

async function answerOf({ runtime, app, handler }: HttpAppOptions, context: RequestContext): Promise<Answer> {
  const fate = await endure(runtime, app, context);
  if (fate !== undefined) return { status: fate, body: { error: "failed", service: app.service } };
  try {
    return await handler(context);
  } catch (cause) {
    // A mistake in the demo itself: it must show, as an answer and in the process's log.
    console.error(cause);
    return { status: 500, body: { error: "broken", service: app.service } };
  }
}

/** Plays the faults that were set and the application's own work; answers the status to fail with, or `undefined` to go on. */
export async function endure(runtime: Runtime, app: AppIdentity, context: RequestContext, workMs?: number): Promise<number | undefined> {
  const { draws } = context;
  const behaviour = behaviourOf(app.service, app.version ?? "");
  const delay = settingFor(runtime.faults.delays, app.service, app.version);
  if (delay !== undefined && draws() < delay.share) await sleep(delay.ms);
  const fault = settingFor(runtime.faults.errors, app.service, app.version);
  if (fault !== undefined && draws() < fault.rate) return fault.status;
  await sleep(workMs ?? behaviour.workMs(draws));
  return draws() < behaviour.errorShare ? behaviour.errorStatus : undefined;
}
