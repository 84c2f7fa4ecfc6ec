import { Agent, request, type IncomingMessage } from "node:http";
import type { Instance } from "../mesh/plan.ts";
import { brokenLanding, edgeTo, landingOf, refusedLanding, type Landing } from "./arrival.ts";
import { outgoingHeaders, type RequestContext } from "./context.ts";
import type { Runtime } from "./runtime.ts";

/** Beyond every route's own timeout: only a proxy that hangs (frozen) lets a call come this far. */
const CALL_TIMEOUT_MS = 15_000;

export type HttpCaller = (host: string, context: RequestContext) => Promise<{ readonly ok: boolean }>;

/** Calls hosts through the application's own proxy, from its own address, and counts each call once however it ends. */
export function httpCaller(runtime: Runtime, app: Instance): HttpCaller {
  const agent = new Agent({ keepAlive: true });
  return async (host, context) => {
    const port = app.outboundPorts[host];
    if (port === undefined) throw new Error(`${app.service} has no way to ${host}`);
    runtime.inFlight += 1;
    const outcome = await exchange(agent, app, port, host, context);
    runtime.inFlight -= 1;
    const error = outcome.status === undefined || outcome.status >= 500;
    runtime.tally.departed(edgeTo(app.service, host, outcome.landing), {
      atMs: Date.now(),
      error,
      neverArrived: outcome.landing.neverArrived,
      denied: outcome.landing.denied,
    });
    return { ok: !error };
  };
}

interface Outcome {
  /** `undefined`: no answer. */
  readonly status: number | undefined;
  readonly landing: Landing;
}

function exchange(agent: Agent, app: Instance, port: number, host: string, context: RequestContext): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (cause: Error): void => {
      const refused = "code" in cause && cause.code === "ECONNREFUSED";
      resolve({ status: undefined, landing: refused ? refusedLanding(host) : brokenLanding(host) });
    };
    const outgoing = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        localAddress: app.address,
        path: `/${host}`,
        headers: outgoingHeaders(app, context, host),
        timeout: CALL_TIMEOUT_MS,
      },
      (response: IncomingMessage) => {
        response.resume();
        response.once("end", () =>
          resolve({ status: response.statusCode, landing: landingOf(response.statusCode, response.headers, host) }),
        );
        response.once("error", failed);
      },
    );
    outgoing.once("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.once("error", failed);
    outgoing.end();
  });
}
