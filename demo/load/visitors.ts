import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { brokenLanding, edgeTo, landingOf, refusedLanding, type Landing } from "../apps/arrival.ts";
import { HEADERS } from "../apps/context.ts";
import type { Runtime } from "../apps/runtime.ts";
import { INTERNET, serviceNamed } from "../mesh/services.ts";

const GATEWAY = "gateway";
const FRONTEND = "frontend";
const TIMEOUT_MS = 20_000;
/** Visitors that wait at once at most; while the gateway hangs, further ones do not even try. */
const MAX_WAITING = 1_000;

export interface VisitorOptions {
  readonly runtime: Runtime;
  readonly ingressPort: number;
  readonly caCertificate: string;
}

/**
 * One page view over HTTPS with the demo's CA checked. The gateway has no application that could count, so its visitors do it: an
 * answer of any kind came through the gateway, and one without an application's signature never arrived at frontend.
 */
export function visitors({ runtime, ingressPort, caCertificate }: VisitorOptions): (index: number) => void {
  const agent = new Agent({ keepAlive: true, ca: caCertificate, servername: "localhost", minVersion: "TLSv1.3" });
  const gatewayEdge = { source: INTERNET, target: GATEWAY, version: serviceNamed(GATEWAY).versions[0], protocol: "http" } as const;
  let waiting = 0;

  const visit = async (index: number): Promise<void> => {
    const started = performance.now();
    const outcome = await exchange(agent, ingressPort, index);
    const atMs = Date.now();
    const error = outcome.status === undefined || outcome.status >= 500;
    const answered = outcome.status !== undefined;
    runtime.tally.departed(gatewayEdge, { atMs, error, neverArrived: outcome.refused });
    if (!answered) return;
    runtime.tally.arrived(gatewayEdge, { atMs, durationMs: performance.now() - started, error, attempt: 1 });
    runtime.tally.departed(edgeTo(GATEWAY, FRONTEND, outcome.landing), { atMs, error, neverArrived: outcome.landing.neverArrived });
  };

  return (index) => {
    if (waiting >= MAX_WAITING) return;
    waiting += 1;
    runtime.inFlight += 1;
    void visit(index).finally(() => {
      waiting -= 1;
      runtime.inFlight -= 1;
    });
  };
}

interface Outcome {
  /** `undefined`: no answer. */
  readonly status: number | undefined;
  /** Nobody listened at the gateway. */
  readonly refused: boolean;
  /** Where the gateway's own call of frontend ended. */
  readonly landing: Landing;
}

function exchange(agent: Agent, port: number, index: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (cause: Error): void => {
      const refused = "code" in cause && cause.code === "ECONNREFUSED";
      resolve({ status: undefined, refused, landing: refused ? refusedLanding(FRONTEND) : brokenLanding(FRONTEND) });
    };
    const headers = { host: "shop.demo.mesh", [HEADERS.draw]: `page.${index}` };
    const outgoing = request({ agent, host: "127.0.0.1", port, path: "/", headers, timeout: TIMEOUT_MS }, (response: IncomingMessage) => {
      response.resume();
      response.once("end", () =>
        resolve({ status: response.statusCode, refused: false, landing: landingOf(response.statusCode, response.headers, FRONTEND) }),
      );
      response.once("error", failed);
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.once("error", failed);
    outgoing.end();
  });
}
