import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { resolveEnvoy } from "#peers/envoy/resolve.ts";
import { startEnvoy, type EnvoyProcess } from "#peers/envoy/start.ts";

import { freePorts, listen } from "./ports.ts";
import { inboundStats, outboundStats } from "./recommended-logger.ts";

/** One real Envoy with a plaintext inbound listener before an application, and an outbound one to nowhere. */
export interface RealEnvoy {
  readonly proxiesDir: string;
  readonly adminUrl: string;
  /** Where its application is reached through it. */
  readonly inboundUrl: string;
  /** Where it calls an upstream that refuses every connection. */
  readonly outboundUrl: string;
  /** Requests that arrived at the application. */
  arrived(): number;
  start(): Promise<void>;
  kill(): Promise<void>;
  freeze(isFrozen: boolean): void;
  close(): Promise<void>;
}

const ID = "web-v1-0.shop";

/** `isRecommended: false` leaves out every setting that Weft asks for. */
export async function prepareRealEnvoy(options: { isRecommended: boolean }): Promise<RealEnvoy> {
  const folder = await mkdtemp(join(tmpdir(), "real-envoy-"));
  const proxiesDir = join(folder, "proxies");
  await mkdir(proxiesDir);
  const [adminPort, inboundPort, outboundPort, nobodyPort] = await freePorts(4);
  let arrived = 0;
  const app = createServer((request, response) => {
    arrived += 1;
    response.writeHead(request.url?.startsWith("/bad") === true ? 503 : 200).end();
  });
  const appPort = await listen(app);
  const ports = { adminPort, inboundPort, outboundPort, nobodyPort, appPort };
  const configFile = join(folder, "bootstrap.json");
  await writeFile(configFile, JSON.stringify(bootstrap(ports, options.isRecommended)));
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  await writeFile(join(proxiesDir, `${ID}.json`), JSON.stringify({ id: ID, admin: adminUrl }));
  const { path: binary } = await resolveEnvoy();
  let envoy: EnvoyProcess | null = null;

  async function kill(): Promise<void> {
    envoy?.kill("SIGKILL");
    await envoy?.exited;
    envoy = null;
  }

  return {
    proxiesDir,
    adminUrl,
    inboundUrl: `http://127.0.0.1:${inboundPort}`,
    outboundUrl: `http://127.0.0.1:${outboundPort}`,
    arrived: () => arrived,
    async start() {
      envoy = await startEnvoy({ binary, configFile, logFile: join(folder, "envoy.log"), adminUrl });
    },
    kill,
    freeze: (isFrozen) => envoy?.kill(isFrozen ? "SIGSTOP" : "SIGCONT"),
    async close() {
      await kill();
      app.closeAllConnections();
      await new Promise<void>((resolve) => app.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Ports = Readonly<Record<"adminPort" | "inboundPort" | "outboundPort" | "nobodyPort" | "appPort", number | undefined>>;

export const typed = (name: string): { "@type": string } => ({ "@type": `type.googleapis.com/${name}` });
export const socket = (port: number | undefined): object => ({ socket_address: { address: "127.0.0.1", port_value: port } });

function bootstrap(ports: Ports, isRecommended: boolean): object {
  return {
    node: { id: ID, cluster: "web", metadata: { weft: { namespace: "shop", service: "web", version: "v1" } } },
    admin: { address: socket(ports.adminPort), ignore_global_conn_limit: true },
    ...(isRecommended ? { stats_flush_interval: "1s" } : {}),
    static_resources: {
      listeners: [
        listener("inbound", "INBOUND", ports.inboundPort, "inbound_app", isRecommended ? [inboundStats] : []),
        listener("outbound_nobody", "OUTBOUND", ports.outboundPort, "outbound|80||nobody", isRecommended ? [outboundStats] : []),
      ],
      clusters: [
        cluster("inbound_app", ports.appPort),
        {
          ...cluster("outbound|80||nobody", ports.nobodyPort),
          metadata: { filter_metadata: { weft: { service: "nobody", external: true } } },
        },
      ],
    },
  };
}

function listener(name: string, direction: string, port: number | undefined, target: string, accessLog: object[]): object {
  const manager = {
    ...typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: name,
    access_log: accessLog,
    route_config: {
      name,
      virtual_hosts: [
        {
          name,
          domains: ["*"],
          include_request_attempt_count: true,
          routes: [{ name, match: { prefix: "/" }, route: { cluster: target } }],
        },
      ],
    },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router") }],
  };
  return {
    name,
    traffic_direction: direction,
    stat_prefix: name,
    address: socket(port),
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
}

export function cluster(name: string, port: number | undefined): object {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }];
  return { name, type: "STATIC", connect_timeout: "1s", load_assignment: { cluster_name: name, endpoints } };
}
