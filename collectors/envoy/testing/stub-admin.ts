import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

import type { AdminClient } from "../admin/client.ts";
import { ServerInfo } from "../admin/wire.ts";

/** A running process as its admin shows it. `null` = the process is not there. */
export interface StubProcess {
  start: string;
  uptimeSeconds: number;
  lines: readonly string[];
}

export interface StubAdmin extends AdminClient {
  /** What runs now; tests change it between and during calls. */
  process: StubProcess | null;
  /** Called before each answer, with the name of the call. */
  onCall: (call: string) => void;
  readonly calls: string[];
  /** Calls that the admin does not allow. */
  readonly forbidden: Set<string>;
  /** Calls that do not answer in time. */
  readonly silent: Set<string>;
}

/** An admin without a network: one process that can be replaced. */
export function createStubAdmin(): StubAdmin {
  const stub: StubAdmin = {
    address: "http://127.0.0.1:9901",
    process: null,
    onCall: () => undefined,
    calls: [],
    forbidden: new Set(),
    silent: new Set(),
    ready: () => answer("ready", () => "LIVE"),
    serverInfo: () =>
      answer("serverInfo", ({ uptimeSeconds }) =>
        ServerInfo.parse({
          version: "abc/1.40.0/Clean/RELEASE/BoringSSL",
          uptime_current_epoch: `${uptimeSeconds}s`,
          node: { id: "p", cluster: "web.shop" },
        }),
      ),
    processStart: () => answer("processStart", ({ start }) => start),
    statsFlushSeconds: () => answer("statsFlushSeconds", () => 1),
    prometheus: () =>
      answer("prometheus", ({ uptimeSeconds, lines }) => ({
        text: [`envoy_server_uptime{} ${uptimeSeconds}`, "envoy_server_state{} 0", ...lines].join("\n"),
        elapsedMs: 3,
      })),
    stats: () => answer("stats", () => new Map()),
    clusters: () => answer("clusters", () => []),
    listeners: () => answer("listeners", () => []),
    certs: () => answer("certs", () => []),
    certificateChains: () => answer("certificateChains", () => []),
    config: (resource) => answer(`config ${resource}`, () => []),
  };

  async function answer<T>(call: string, read: (process: StubProcess) => T): Promise<Result<T>> {
    stub.calls.push(call);
    stub.onCall(call);
    if (stub.silent.has(call)) return err(new WeftError("TIMEOUT", "127.0.0.1:9901 did not answer in time.", { isRetryable: true }));
    if (stub.forbidden.has(call)) return err(new WeftError("SOURCE_REFUSED", `127.0.0.1:9901 does not allow ${call}.`));
    if (stub.process === null) {
      const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      return err(new WeftError("SOURCE_UNREACHABLE", "127.0.0.1:9901 refused the connection.", { isRetryable: true, cause }));
    }
    return ok(read(stub.process));
  }

  return stub;
}
