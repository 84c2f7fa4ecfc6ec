import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { startPlainServer, type PlainServer } from "#collectors/shared/testing/plain-server.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";

import { ADMIN_PATHS, createAdminClient, type AdminClient } from "./client.ts";

const open: PlainServer[] = [];
const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function admin(answer: (response: ServerResponse, url: string) => void): Promise<{ client: AdminClient; server: PlainServer }> {
  const server = await startPlainServer((request, response) => answer(response, request.url ?? ""));
  open.push(server);
  return { server, client: createAdminClient({ address: server.address, http, timeoutMs: 2_000 }) };
}

const json = (value: unknown) => (response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
const text = (value: string) => (response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end(value);
const page = (response: ServerResponse): void =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><title>Welcome</title>");

describe("the admin client", () => {
  it("asks for nothing but the listed paths", async () => {
    const { client, server } = await admin(json({ version: "x" }));
    await client.ready();
    await client.serverInfo();
    await client.processStart();
    await client.statsFlushSeconds();
    await client.prometheus("^weft\\.");
    await client.stats("^http\\.");
    await client.clusters();
    await client.listeners();
    await client.certs();
    await client.config("dynamic_route_configs", { mask: ["version_info", "route_config.name"], nameRegex: "^reviews$" });
    await client.config("static_endpoint_configs");
    expect(server.requests).toEqual([
      "GET /ready",
      "GET /server_info",
      "GET /config_dump?mask=last_updated",
      "GET /config_dump?mask=bootstrap.stats_flush_interval",
      "GET /stats/prometheus?usedonly&filter=%5Eweft%5C.",
      "GET /stats?filter=%5Ehttp%5C.",
      "GET /clusters?format=json",
      "GET /listeners?format=json",
      "GET /certs",
      "GET /config_dump?resource=dynamic_route_configs&mask=version_info,route_config.name&name_regex=%5Ereviews%24",
      "GET /config_dump?resource=static_endpoint_configs&include_eds",
    ]);
    const paths = server.requests.map((line) => line.slice("GET ".length).split("?", 1)[0]);
    expect(new Set(paths)).toEqual(new Set(ADMIN_PATHS));
  });

  it("fills in what proto-JSON leaves out", async () => {
    expect(await (await admin(json({ version: "v" }))).client.serverInfo()).toMatchObject({
      ok: true,
      value: { state: "LIVE", uptime_current_epoch: 0, node: { id: "", metadata: {} } },
    });
    const { client } = await admin(json({}));
    expect(await client.statsFlushSeconds()).toEqual({ ok: true, value: 5 });
    expect(await client.clusters()).toEqual({ ok: true, value: [] });
    expect(await client.certs()).toEqual({ ok: true, value: [] });
    expect(await client.config("dynamic_active_clusters")).toEqual({ ok: true, value: [] });
  });

  it("reads the state of an Envoy that is not ready", async () => {
    const { client } = await admin((response) => void response.writeHead(503).end("DRAINING\n"));
    expect(await client.ready()).toEqual({ ok: true, value: "DRAINING" });
  });

  it("reads counters and leaves texts and histograms out", async () => {
    const { client } = await admin(
      text('http.a.rds.b.update_rejected: 2\nhttp.a.rds.b.version_text: "12"\ncluster.x.rq_time: No recorded values\ncluster.a: b.c: 7\n'),
    );
    expect(await client.stats("x")).toEqual({
      ok: true,
      value: new Map([
        ["http.a.rds.b.update_rejected", 2],
        ["cluster.a: b.c", 7],
      ]),
    });
  });

  it("keeps what it does not know of a configuration", async () => {
    const route = {
      name: "reviews",
      validate_clusters: true,
      virtual_hosts: [{ name: "reviews", domains: ["*"], routes: [{ name: "r", route: { cluster: "c", timeout: "5s" } }] }],
    };
    const { client } = await admin(json({ configs: [{ version_info: "7", route_config: route }] }));
    const answer = await client.config("dynamic_route_configs");
    expect(answer).toMatchObject({ ok: true, value: [{ version_info: "7", route_config: route }] });
  });

  it("takes the 404 for a kind of configuration that the proxy never had for an empty list", async () => {
    const none = await admin((response) => void response.writeHead(404).end("dynamic_route_configs not found in config dump"));
    expect(await none.client.config("dynamic_route_configs")).toEqual({ ok: true, value: [] });
    const other = await admin((response) => void response.writeHead(404).end("no such page"));
    expect(await other.client.config("dynamic_route_configs")).toMatchObject({
      ok: false,
      error: { message: `${other.server.host} answered /config_dump with 404.` },
    });
  });

  const told = { mend: "Check that the address in the proxy's file is the admin address of an Envoy." };

  it.each<[string, (response: ServerResponse) => void, (client: AdminClient) => Promise<unknown>, string, object]>([
    ["a web page for JSON", page, (client) => client.serverInfo(), "answered /server_info with a web page where JSON was expected.", told],
    [
      "a web page for text",
      page,
      (client) => client.prometheus("x"),
      "answered /stats/prometheus with a web page where Envoy's text was expected.",
      told,
    ],
    [
      "a web page for the state",
      page,
      (client) => client.ready(),
      "answered /ready with a web page where Envoy's text was expected.",
      told,
    ],
    ["nothing", text(""), (client) => client.certs(), "answered /certs with nothing where JSON was expected.", told],
    [
      "half an object",
      text('{"certificates": ['),
      (client) => client.certs(),
      "answered /certs with something else where JSON was expected.",
      told,
    ],
    [
      "wrong types",
      json({ cluster_statuses: [{ name: 7 }] }),
      (client) => client.clusters(),
      "answered /clusters with a wrong cluster_statuses.0.name: Invalid input: expected string, received number.",
      { field: "cluster_statuses.0.name" },
    ],
    [
      "NaN as text",
      json({ version: "v", uptime_current_epoch: "NaNs" }),
      (client) => client.serverInfo(),
      "answered /server_info with a wrong uptime_current_epoch: Invalid string: must match pattern /^\\d+(\\.\\d+)?s$/.",
      { field: "uptime_current_epoch" },
    ],
    [
      "a negative weight",
      json({
        configs: [
          { route_config: { virtual_hosts: [{ routes: [{ route: { weighted_clusters: { clusters: [{ name: "a", weight: -1 }] } } }] }] } },
        ],
      }),
      (client) => client.config("dynamic_route_configs"),
      "answered /config_dump with a wrong configs.0.route_config.virtual_hosts.0.routes.0.route.weighted_clusters.clusters.0.weight: Too small: expected number to be >=0.",
      told,
    ],
    [
      "a path that is not allowed",
      (response) => void response.writeHead(403).end("request to path /listeners not allowed"),
      (client) => client.listeners(),
      "answered /listeners with 403: its admin does not allow this path.",
      { code: "SOURCE_REFUSED", mend: "Add /listeners to admin.allow_paths of this Envoy." },
    ],
    [
      "a redirect",
      (response) => void response.writeHead(301, { location: "/x" }).end(),
      (client) => client.certs(),
      "answered /certs with 301, a redirect, which is not followed.",
      told,
    ],
    ["an error", (response) => void response.writeHead(500).end(), (client) => client.certs(), "answered /certs with 500.", told],
  ])("says what is wrong with %s", async (_case, answer, ask, sentence, more) => {
    const { client, server } = await admin(answer);
    expect(await ask(client)).toMatchObject({ ok: false, error: { message: `${server.host} ${sentence}`, ...more } });
  });
});
