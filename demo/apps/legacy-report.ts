import { Agent, request } from "node:http";
import { LEGACY_REPORT, serviceNamed } from "../mesh/services.ts";
import { HEADERS } from "./context.ts";
import type { Runtime } from "./runtime.ts";

const TIMEOUT_MS = 5_000;

/** The old job: calls ledger's proxy in plaintext, with nothing but its address to be known by. */
export function legacyReport(runtime: Runtime, ledgerPort: number, address: string): (index: number) => void {
  const agent = new Agent({ keepAlive: true });
  const target = serviceNamed(LEGACY_REPORT.target);
  const edge = { source: LEGACY_REPORT.name, target: target.name, version: target.versions[0], protocol: "http" } as const;

  return (index) => {
    runtime.inFlight += 1;
    const done = (status: number | undefined, neverArrived: boolean): void => {
      runtime.inFlight -= 1;
      runtime.tally.departed(edge, { atMs: Date.now(), error: status === undefined || status >= 500, neverArrived });
    };
    const headers = { host: target.name, [HEADERS.caller]: LEGACY_REPORT.name, [HEADERS.draw]: `report.${index}` };
    const options = { agent, host: "127.0.0.1", port: ledgerPort, localAddress: address, path: "/report", headers, timeout: TIMEOUT_MS };
    const outgoing = request(options, (response) => {
      response.resume();
      // An answer without an application's signature is the proxy's own: the application behind it was not there.
      response.once("close", () => done(response.statusCode, response.headers[HEADERS.app] === undefined));
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.once("error", (cause) => done(undefined, "code" in cause && cause.code === "ECONNREFUSED"));
    outgoing.end();
  };
}
