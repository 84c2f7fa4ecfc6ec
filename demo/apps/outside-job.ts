import { Agent, request, type ClientRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { KeyPair } from "../envoy/secrets.ts";
import { serverName } from "../mesh/identity.ts";
import { serviceNamed, type Service } from "../mesh/services.ts";
import type { Departure } from "../ledger/tally.ts";
import { HEADERS } from "./context.ts";
import type { OutsideJob } from "./messages.ts";
import type { Runtime } from "./runtime.ts";

const TIMEOUT_MS = 5_000;
const FORBIDDEN = 403;

type Fate = Omit<Departure, "atMs">;

/** Calls a service's proxy from outside the mesh: in plaintext, or over TLS with a certificate of its own. Counts each call once. */
export function outsideJob(runtime: Runtime, { job, port, address, pair }: OutsideJob): (index: number) => void {
  const target = serviceNamed(job.target);
  const edge = { source: job.name, target: target.name, version: target.versions[0], protocol: "http" } as const;
  const call = pair === null ? plaintextCall() : tlsCall(target, pair);

  return (index) => {
    runtime.inFlight += 1;
    const done = (fate: Fate): void => {
      runtime.inFlight -= 1;
      runtime.tally.departed(edge, { atMs: Date.now(), ...fate });
    };
    const headers = { host: target.name, [HEADERS.caller]: job.name, [HEADERS.draw]: `${job.name}.${index}` };
    const outgoing = call({ host: "127.0.0.1", port, localAddress: address, path: "/report", headers, timeout: TIMEOUT_MS });
    outgoing.once("response", (response) => {
      response.resume();
      response.once("close", () => done(answered(response.statusCode, response.headers[HEADERS.app] !== undefined)));
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.once("error", (cause) => done(failed(cause, outgoing.reusedSocket)));
    outgoing.end();
  };
}

/** Every request on this channel has the same form, whatever carries it. */
interface CallOptions {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

function plaintextCall(): (options: CallOptions) => ClientRequest {
  const agent = new Agent({ keepAlive: true });
  return (options) => request({ ...options, agent });
}

/** A connection for every call. It does not check whom it talks to, so that it is always the server that refuses. */
function tlsCall(target: Service, { certificate, privateKey }: KeyPair): (options: CallOptions) => ClientRequest {
  const agent = new TlsAgent({
    cert: certificate,
    key: privateKey,
    servername: serverName(target),
    minVersion: "TLSv1.3",
    rejectUnauthorized: false,
    maxCachedSessions: 0,
  });
  return (options) => tlsRequest({ ...options, agent });
}

/** An answer without an application's signature is the proxy's own: it forbade the call, or the application was not there. */
function answered(status: number | undefined, isSigned: boolean): Fate {
  const denied = !isSigned && status === FORBIDDEN;
  return { error: status === undefined || status >= 500, neverArrived: !isSigned && !denied, denied };
}

/**
 * A new connection that the other side ends without an answer was refused for what it showed; one that was used before may have carried the call.
 * Under TLS 1.3 the refusal comes after the caller's handshake, as an alert or as a reset.
 */
function failed(cause: Error, isReused: boolean): Fate {
  const code = "code" in cause ? String(cause.code) : "";
  const refused = !isReused && (["ECONNRESET", "EPIPE", "EPROTO"].includes(code) || code.startsWith("ERR_SSL_"));
  return { error: true, neverArrived: refused || code === "ECONNREFUSED", refused };
}
