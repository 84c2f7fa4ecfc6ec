import { ok, WeftError, type Result } from "#lib/model/errors.ts";

import { CONFIG_ELEMENTS } from "../../admin/wire-config.ts";
import { ServerInfo } from "../../admin/wire.ts";
import type { DirectoryReading } from "../../directory.ts";
import type { ListenerAdmin } from "../listener-admin.ts";
import { parseListenerText } from "../parse-listener-text.ts";

/** One proxy of a test: what its admin would answer. */
export interface FakeProxy {
  /** Path of its listener file; `null` = its listeners come from no file. */
  reads: string | null;
  /** Service that its node names, in the namespace `payments`; empty = it names none. */
  service: string;
  /** The text in force. */
  text: string;
  rejected: number;
  failed: number;
  startedAt: string;
  /** What is still open, by the name of the statistic; added to draining counts of 0. */
  open: Readonly<Record<string, number>>;
  /** Why it does not answer; `null` = it answers. */
  down: WeftError | null;
}

export interface FakeProxies {
  readonly proxies: Record<string, FakeProxy>;
  readonly directory: { read(): Promise<DirectoryReading> };
  readonly admin: (address: string) => ListenerAdmin;
}

export const REFUSED = new WeftError("SOURCE_UNREACHABLE", "127.0.0.1:9 refused the connection.", {
  cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
});

const DRAINING = { "listener_manager.total_filter_chains_draining": 0, "listener_manager.total_listeners_draining": 0 };

export function createFakeProxies(given: Readonly<Record<string, Partial<FakeProxy>>>): FakeProxies {
  const startedAt = "2026-01-01T00:00:00.000Z";
  const defaults: FakeProxy = { reads: null, service: "ledger", text: "", rejected: 0, failed: 0, startedAt, open: {}, down: null };
  const proxies = Object.fromEntries(Object.entries(given).map(([id, proxy]) => [id, { ...defaults, ...proxy }]));

  async function answer<T>(id: string, make: (proxy: FakeProxy) => T): Promise<Result<T>> {
    const proxy = proxies[id];
    if (proxy === undefined) throw new Error(`no fake proxy ${id}`);
    return proxy.down === null ? ok(make(proxy)) : { ok: false, error: proxy.down };
  }

  function admin(address: string): ListenerAdmin {
    const id = address.slice("http://".length);
    return {
      listenerFile: () => answer(id, (proxy) => proxy.reads),
      listenersVersion: () => answer(id, (proxy) => parseListenerText(proxy.text, "yaml").versionInfo ?? ""),
      serverInfo: () => answer(id, (proxy) => ServerInfo.parse({ version: "x", node: { id, metadata: metadataOf(proxy) } })),
      certs: () => answer(id, () => []),
      processStart: () => answer(id, (proxy) => proxy.startedAt),
      stats: (filter) => answer(id, (proxy) => statsOf(proxy, new RegExp(filter))),
      config: (resource) =>
        answer(
          id,
          (proxy) =>
            (resource === "dynamic_listeners" ? elementsOf(proxy) : []).map((one) => CONFIG_ELEMENTS[resource].parse(one)) as never,
        ),
    };
  }

  const directory = {
    read: async (): Promise<DirectoryReading> => ({
      proxies: Object.keys(proxies).map((id) => ({ id, address: `http://${id}`, knownAddresses: {}, file: `${id}.json` })),
      findings: [],
      isReadable: true,
    }),
  };
  return { proxies, directory, admin };
}

function metadataOf({ service }: FakeProxy): object {
  return service === "" ? {} : { weft: { namespace: "payments", service, version: "v1" } };
}

function statsOf({ rejected, failed, open }: FakeProxy, filter: RegExp): Map<string, number> {
  const all = { "listener_manager.lds.update_rejected": rejected, "listener_manager.lds.update_failure": failed, ...DRAINING, ...open };
  return new Map(Object.entries(all).filter(([name]) => filter.test(name)));
}

function elementsOf({ text }: FakeProxy): object[] {
  // As a real one: the version of a listener is that with which it first came.
  return parseListenerText(text, "yaml").listeners.map((listener) => ({
    name: listener.name,
    active_state: { version_info: "first", listener },
  }));
}
