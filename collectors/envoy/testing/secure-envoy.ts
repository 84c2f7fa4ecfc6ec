import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import { startEnvoy, type EnvoyProcess } from "#peers/envoy/start.ts";

import { createTestAuthority, type KeyPair, type TestAuthority } from "./authority.ts";
import { freePorts, listen } from "./ports.ts";
import { cluster, socket, typed } from "./real-envoy.ts";
import { authorizationStats, handshakeStats, inboundStats } from "./recommended-logger.ts";

/** A caller of one of the listeners: from which address, with which certificate (none = plaintext unless `tls`). */
export interface Call {
  to: "strict" | "permissive";
  from: string;
  pair?: KeyPair;
  tls?: boolean;
  path?: string;
  /** Authority by which the caller checks the server; checked only when it is given. */
  trust?: string;
}

/**
 * One real Envoy with certificates: a `strict` listener (TLS only, URI names of `mesh` only), a `permissive` one, both with
 * the same two authorization filters, and an outbound one whose upstream does not have the name that it must have.
 */
export interface SecureEnvoy {
  readonly proxiesDir: string;
  readonly adminUrl: string;
  readonly outboundUrl: string;
  readonly authority: TestAuthority;
  /** Status of the answer; `null` = the connection was refused or lost. */
  call(call: Call): Promise<number | null>;
  /** Replaces the server's own certificate. */
  rotate(pair: KeyPair): Promise<void>;
  close(): Promise<void>;
}

const ID = "vault-v1-0.bank";
export const CLIENT = "spiffe://mesh/ns/bank/sa/teller";

export async function startSecureEnvoy(): Promise<SecureEnvoy> {
  const folder = await mkdtemp(join(tmpdir(), "secure-envoy-"));
  const proxiesDir = join(folder, "proxies");
  await mkdir(proxiesDir);
  const [admin, strict, permissive, outbound] = await freePorts(4);
  const app = createServer((_request, response) => void response.writeHead(200).end());
  const appPort = await listen(app);
  const authority = await createTestAuthority("test mesh");
  const trustFile = join(folder, "ca.pem");
  const secretFile = join(folder, "workload.json");
  await writeFile(trustFile, authority.certificate);
  await writeFile(secretFile, secretOf(await authority.issue(serverLeaf("0a01"))));
  const ports = { admin, strict, permissive, outbound, app: appPort };
  const configFile = join(folder, "bootstrap.json");
  await writeFile(configFile, JSON.stringify(bootstrap(ports, { trustFile, secretFile })));
  const adminUrl = `http://127.0.0.1:${admin}`;
  const knownAddresses = { "127.0.0.77": { service: "nightly", namespace: "jobs" } };
  await writeFile(join(proxiesDir, `${ID}.json`), JSON.stringify({ id: ID, admin: adminUrl, knownAddresses }));
  const { path: binary } = await resolveEnvoy();
  const envoy: EnvoyProcess = await startEnvoy({ binary, configFile, logFile: join(folder, "envoy.log"), adminUrl });
  return {
    proxiesDir,
    adminUrl,
    outboundUrl: `http://127.0.0.1:${outbound}`,
    authority,
    call: (call) => request(call, call.to === "strict" ? strict : permissive),
    async rotate(pair) {
      await writeFile(`${secretFile}.new`, secretOf(pair));
      await rename(`${secretFile}.new`, secretFile);
    },
    async close() {
      envoy.kill("SIGKILL");
      await envoy.exited;
      app.closeAllConnections();
      await new Promise<void>((resolve) => app.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A request for the server's own certificate, by serial number. */
export function serverLeaf(serial: string): Parameters<TestAuthority["issue"]>[0] {
  return { commonName: "vault", serial, names: [{ type: "url", value: "spiffe://mesh/ns/bank/sa/vault" }] };
}

/** One request on a connection of its own, as bytes: the callers that matter here do not get far enough for a client library. */
function request({ from, pair, tls, path = "/", trust }: Call, port: number | undefined): Promise<number | null> {
  return new Promise((resolve) => {
    const base = { host: "127.0.0.1", port: port ?? 0, localAddress: from };
    const connection =
      pair === undefined && tls !== true
        ? connectTcp(base)
        : connectTls({
            ...base,
            rejectUnauthorized: trust !== undefined,
            ...(trust === undefined ? {} : { ca: trust, servername: "vault" }),
            ...(pair === undefined ? {} : { cert: pair.certificate, key: pair.privateKey }),
          });
    let answer = "";
    connection.on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")));
    connection.on("error", () => undefined);
    connection.on("close", () => resolve(answer === "" ? null : Number(answer.split(" ")[1])));
    connection.write(`GET ${path} HTTP/1.1\r\nhost: vault\r\nconnection: close\r\n\r\n`);
  });
}

function secretOf({ certificate, privateKey }: KeyPair): string {
  const secret = {
    ...typed("envoy.extensions.transport_sockets.tls.v3.Secret"),
    name: "workload",
    tls_certificate: { certificate_chain: { inline_string: certificate }, private_key: { inline_string: privateKey } },
  };
  return JSON.stringify({ resources: [secret] });
}

type Ports = Readonly<Record<"admin" | "strict" | "permissive" | "outbound" | "app", number | undefined>>;

interface Files {
  trustFile: string;
  secretFile: string;
}

function bootstrap(ports: Ports, files: Files): object {
  return {
    node: { id: ID, cluster: "vault", metadata: { weft: { namespace: "bank", service: "vault", version: "v1" } } },
    admin: { address: socket(ports.admin), ignore_global_conn_limit: true },
    stats_flush_interval: "1s",
    static_resources: {
      listeners: [
        inbound("strict", ports.strict, [tlsChain("strict", files)]),
        inbound("permissive", ports.permissive, [
          { filter_chain_match: { transport_protocol: "tls" }, ...tlsChain("permissive", files) },
          { filter_chain_match: { transport_protocol: "raw_buffer" }, filters: [manager("permissive_plain", "inbound_app", true)] },
        ]),
        {
          name: "outbound_strict",
          traffic_direction: "OUTBOUND",
          address: socket(ports.outbound),
          filter_chains: [{ filters: [manager("outbound_strict", "outbound|443||other", false)] }],
        },
      ],
      clusters: [
        cluster("inbound_app", ports.app),
        {
          ...cluster("outbound|443||other", ports.strict),
          metadata: { filter_metadata: { weft: { namespace: "bank", service: "other" } } },
          transport_socket: tls("UpstreamTlsContext", files, {}, { exact: "spiffe://mesh/ns/bank/sa/other" }),
        },
      ],
    },
  };
}

function inbound(name: string, port: number | undefined, chains: object[]): object {
  const inspector = { name: "tls_inspector", typed_config: typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector") };
  return {
    name,
    stat_prefix: name,
    traffic_direction: "INBOUND",
    address: socket(port),
    listener_filters: [inspector],
    access_log: [handshakeStats],
    filter_chains: chains,
  };
}

function tlsChain(name: string, files: Files): object {
  return {
    ...(name === "strict" ? { filter_chain_match: { transport_protocol: "tls" } } : {}),
    transport_socket: tls("DownstreamTlsContext", files, { require_client_certificate: true }, { prefix: "spiffe://mesh/" }),
    filters: [manager(name, "inbound_app", true)],
  };
}

function tls(kind: string, { trustFile, secretFile }: Files, more: object, matcher: object): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      ...typed(`envoy.extensions.transport_sockets.tls.v3.${kind}`),
      ...more,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
        tls_certificate_sds_secret_configs: [{ name: "workload", sds_config: { path_config_source: { path: secretFile } } }],
        validation_context: { trusted_ca: { filename: trustFile }, match_typed_subject_alt_names: [{ san_type: "URI", matcher }] },
      },
    },
  };
}

const named = (name: string): object => ({ authenticated: { principal_name: { exact: name } } });

/** Denies one path to all, would deny plaintext, and lets in the teller and whoever shows no certificate at `/open`. */
const RBAC = [
  rbac({
    rules_stat_prefix: "deny_",
    rules: { action: "DENY", policies: { "no-admin": { permissions: [pathIs("/admin")], principals: [{ any: true }] } } },
  }),
  rbac({
    rules_stat_prefix: "allow_",
    shadow_rules_stat_prefix: "allow_shadow_",
    rules: {
      policies: {
        teller: { permissions: [{ any: true }], principals: [named(CLIENT)] },
        open: { permissions: [pathIs("/open")], principals: [{ not_id: { authenticated: {} } }] },
      },
    },
    shadow_rules: {
      action: "DENY",
      policies: { "would-deny-plain": { permissions: [{ any: true }], principals: [{ not_id: { authenticated: {} } }] } },
    },
  }),
];

function pathIs(path: string): object {
  return { url_path: { path: { exact: path } } };
}

function rbac(config: object): object {
  return {
    name: "envoy.filters.http.rbac",
    typed_config: { ...typed("envoy.extensions.filters.http.rbac.v3.RBAC"), track_per_rule_stats: true, ...config },
  };
}

function manager(name: string, target: string, isInbound: boolean): object {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      ...typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: name,
      access_log: isInbound ? [inboundStats, authorizationStats] : [],
      route_config: {
        name,
        virtual_hosts: [{ name, domains: ["*"], routes: [{ name, match: { prefix: "/" }, route: { cluster: target } }] }],
      },
      http_filters: [
        ...(isInbound ? RBAC : []),
        { name: "envoy.filters.http.router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router") },
      ],
    },
  };
}
