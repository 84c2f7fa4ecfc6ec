import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { planMesh, type Instance } from "../mesh/plan.ts";
import { spiffeId } from "../mesh/identity.ts";
import { CALLS, serviceNamed, SERVICES } from "../mesh/services.ts";
import { authorizationFilters } from "./authorization.ts";
import { bootstrap, DURATION_BUCKETS, listenerDiscovery, type BootstrapInput } from "./bootstrap.ts";
import { endpoints } from "./clusters.ts";
import { ROUTED_HOSTS, routeFileText } from "./routes.ts";
import { workloadSecret } from "./secrets.ts";

let port = 20_000;
const plan = planMesh(() => (port += 1), true);

function inputFor(instance: Instance, otlpPort?: number): BootstrapInput {
  return {
    instance,
    tls: { certificate: `/run/${instance.service}.json`, trust: "/run/ca.pem" },
    routeFile: (host) => `/run/routes/${host}.yaml`,
    endpointsFile: (cluster) => `/run/${cluster}`,
    listenerFile: "/run/listeners.json",
    otlpPort,
  };
}

function instanceOf(service: string): Instance {
  const found = plan.instances.find((instance) => instance.service === service);
  if (found === undefined) throw new Error(`no instance of ${service}`);
  return found;
}

/** Every value under a key, wherever it stands. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(key, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [...(name === key ? [item] : []), ...valuesOf(key, item)]);
}

function clusterNames(instance: Instance): string[] {
  const clusters = valuesOf("clusters", bootstrap(inputFor(instance)))[0];
  return Array.isArray(clusters) ? clusters.map((cluster) => String(cluster.name)) : [];
}

/** Each statistic that a proxy's access log makes, with its tags. */
function tags(service: string): unknown[] {
  return valuesOf("stat", listenerDiscovery(inputFor(instanceOf(service)))).map((stat) => [
    Object(stat).name,
    Object(stat)
      .tags.map((tag: { name: string }) => tag.name)
      .join(" "),
  ]);
}

/** The HTTP filters of each chain of a proxy; those that decide on requests by their prefix. */
function httpFilters(service: string): unknown[][] {
  return valuesOf("http_filters", listenerDiscovery(inputFor(instanceOf(service)))).map((chain) =>
    [chain].flat().map((filter) => valuesOf("rules_stat_prefix", filter)[0] ?? Object(filter).name),
  );
}

describe("bootstrap", () => {
  it("says who the proxy is", () => {
    expect(bootstrap(inputFor(instanceOf("reviews"))).node).toEqual({
      id: "reviews-v1-0.reviews",
      cluster: "reviews",
      metadata: { weft: { namespace: "reviews", service: "reviews", version: "v1" } },
    });
  });

  it("knows exactly the clusters of what its application calls", () => {
    expect(clusterNames(instanceOf("frontend"))).toEqual([
      "inbound_app",
      "outbound|8080||catalog",
      "outbound|8080||cart",
      "outbound|8080||checkout",
      "outbound|9080|v1|reviews",
      "outbound|9080|v2|reviews",
    ]);
    expect(clusterNames(instanceOf("gateway"))).toEqual(["outbound|8080||frontend"]);
  });

  it("subscribes to nothing but single files", () => {
    for (const instance of plan.instances) {
      const sources = valuesOf("path_config_source", bootstrap(inputFor(instance)));
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(Object.keys(Object(source))).toEqual(["path"]);
    }
  });

  it("speaks TLS 1.3 on every socket, on both sides", () => {
    for (const instance of plan.instances) {
      const config = [bootstrap(inputFor(instance)), listenerDiscovery(inputFor(instance))];
      for (const context of valuesOf("common_tls_context", config)) {
        expect(context).toMatchObject({ tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" } });
      }
    }
  });

  it("requires a client certificate everywhere but at the ingress", () => {
    for (const instance of plan.instances) {
      const required = valuesOf("require_client_certificate", listenerDiscovery(inputFor(instance)));
      expect(required).toEqual([instance.service !== "gateway"]);
    }
  });

  it("lets ledger take plaintext beside, by listeners that come from a file", () => {
    const config = bootstrap(inputFor(instanceOf("ledger")));
    expect(config.dynamic_resources).toMatchObject({ lds_config: { path_config_source: { path: "/run/listeners.json" } } });
    expect(valuesOf("listeners", config)).toEqual([]);
    const prefixes = valuesOf("stat_prefix", listenerDiscovery(inputFor(instanceOf("ledger"))));
    expect(prefixes).toEqual(["inbound", "inbound", "inbound_plain"]);
  });

  it("traces only when somebody listens", () => {
    expect(valuesOf("tracing", bootstrap(inputFor(instanceOf("cart"))))).toEqual([]);
    const traced = bootstrap(inputFor(instanceOf("cart"), 4317));
    expect(valuesOf("random_sampling", traced).length).toBeGreaterThan(0);
    expect(JSON.stringify(traced)).toContain('"name":"otlp"');
  });

  it("logs what the recipe promises", () => {
    const handshakes = ["inbound_handshakes_total", "weft_peer weft_addr weft_tls weft_failure weft_details"];
    const ledger = tags("ledger");
    expect(ledger.slice(0, 2)).toEqual([
      ["inbound_requests_total", "weft_peer weft_tls weft_code weft_flags weft_grpc weft_attempt weft_addr"],
      ["inbound_authz_total", "weft_peer weft_addr weft_authz"],
    ]);
    expect(ledger.slice(3)).toEqual([...ledger.slice(0, 3), handshakes]);
    expect(tags("cart")).toEqual([
      ["inbound_requests_total", "weft_peer weft_tls weft_code weft_flags weft_grpc weft_attempt"],
      ["inbound_duration_ms", "weft_peer weft_attempt"],
      handshakes,
      ["outbound_connections_total", "weft_cluster weft_flags weft_type"],
    ]);
    expect(tags("kv")).toEqual([["inbound_connections_total", "weft_peer weft_tls weft_flags weft_type"], handshakes]);
    expect(tags("checkout").slice(3, 5)).toEqual([
      ["outbound_requests_total", "weft_cluster weft_code weft_flags weft_grpc weft_route"],
      ["outbound_duration_ms", "weft_cluster"],
    ]);
  });

  it("has every inbound TLS listener tell of connections that never became requests, up to a cap", () => {
    for (const instance of plan.instances) {
      const [inbound] = valuesOf("resources", listenerDiscovery(inputFor(instance))).flat();
      expect(valuesOf("max_counters", Object(inbound).access_log)).toEqual([200]);
    }
  });

  it("decides on ledger's requests on both of its chains, and on nobody else's", () => {
    const decided = ["deny_", "allow_", "envoy.filters.http.router"];
    expect(httpFilters("ledger")).toEqual([decided, decided]);
    for (const { name } of SERVICES) expect(httpFilters(name).flat().includes("allow_")).toBe(name === "ledger");
  });

  it("writes the rules as the proxy reads them", () => {
    const [deny, allow] = valuesOf("typed_config", authorizationFilters(serviceNamed("ledger")));
    const any = { permissions: [{ any: true }] };
    const named = (service: string): unknown => ({
      ...any,
      principals: [{ authenticated: { principal_name: { exact: spiffeId(serviceNamed(service)) } } }],
    });
    const without = { not_id: { authenticated: {} } };
    expect(deny).toMatchObject({
      track_per_rule_stats: true,
      rules: { action: "DENY", policies: { "no-direct-reads": named("checkout") } },
    });
    expect(Object(deny).shadow_rules).toBeUndefined();
    expect(allow).toMatchObject({
      shadow_rules_stat_prefix: "allow_shadow_",
      rules: {
        action: "ALLOW",
        policies: {
          payments: named("payments"),
          "callers-without-identity": { ...any, principals: [without] },
          "left-over": { ...any, principals: [{ and_ids: { ids: [{ authenticated: {} }, without] } }] },
        },
      },
      shadow_rules: { action: "DENY", policies: { "would-deny-without-identity": { ...any, principals: [without] } } },
    });
  });

  it("has ascending buckets", () => {
    expect(DURATION_BUCKETS.toSorted((a, b) => a - b)).toEqual(DURATION_BUCKETS);
  });
});

describe("endpoints", () => {
  it("lists all replicas, or for a partitioned caller one address that refuses", () => {
    const frontend = instanceOf("frontend");
    const ports = (partitioned: boolean): unknown[] =>
      valuesOf("port_value", endpoints(frontend, plan, { partitioned, version: "2" }).get("outbound|8080||catalog"));
    const catalogs = plan.instances.filter((instance) => instance.service === "catalog");
    expect(ports(false)).toEqual(catalogs.map((instance) => instance.inboundPort));
    expect(ports(true)).toEqual([plan.unreachablePort]);
  });

  it("has a file for every cluster that reads one", () => {
    for (const instance of plan.instances) {
      const files = [...endpoints(instance, plan, { partitioned: false, version: "1" }).keys()];
      expect(files).toEqual(clusterNames(instance).filter((name) => name.startsWith("outbound|")));
    }
  });
});

describe("route files", () => {
  it("exist for every host that is called over HTTP or gRPC", () => {
    const tcp = SERVICES.filter((service) => service.protocol === "tcp").map((service) => service.name);
    expect([...ROUTED_HOSTS].toSorted()).toEqual(
      [...new Set(CALLS.map((call) => call.to))].filter((host) => !tcp.includes(host)).toSorted(),
    );
  });

  it.each(ROUTED_HOSTS)("%s: one route configuration of its name, whose clusters all its readers know", (host) => {
    const file: unknown = parse(routeFileText(host));
    expect(file).toMatchObject({
      version_info: "1",
      resources: [{ name: host, validate_clusters: true, virtual_hosts: [{ include_request_attempt_count: true }] }],
    });
    expect(valuesOf("filter_metadata", file)).toEqual([{ weft: { revision: "1" } }]);
    const [targets] = valuesOf("clusters", file);
    const named = Array.isArray(targets) ? targets.map((target) => String(target.name)) : valuesOf("cluster", file);
    const readers = plan.instances.filter(
      (instance) => host in instance.outboundPorts || (host === "frontend" && instance.service === "gateway"),
    );
    expect(readers.length).toBeGreaterThan(0);
    for (const reader of readers) expect(clusterNames(reader)).toEqual(expect.arrayContaining(named));
  });

  it("reads as a person would have written it", () => {
    expect(routeFileText("reviews")).toMatchInlineSnapshot(`
      "# Routes of the host "reviews": v2 asks ratings six times in a row; it is on trial with a tenth of the calls.
      # Every proxy that calls reviews follows this file. Replace it by renaming a new file onto it:
      # a change written in place is not seen.
      version_info: "1"
      resources:
        - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
          name: reviews
          validate_clusters: true # a cluster that a proxy does not know refuses the whole file
          virtual_hosts:
            - name: reviews
              domains: ["reviews", "reviews:*"]
              include_request_attempt_count: true
              routes:
                - name: reviews-default
                  match: { prefix: "/" }
                  metadata: { filter_metadata: { weft: { revision: "1" } } }
                  route:
                    timeout: 5s
                    retry_policy: { retry_on: "connect-failure,refused-stream", num_retries: 1 }
                    weighted_clusters:
                      clusters:
                        - { name: "outbound|9080|v1|reviews", weight: 90 }
                        - { name: "outbound|9080|v2|reviews", weight: 10 } # candidate, raise in steps
      "
    `);
  });
});

describe("secrets", () => {
  it("holds certificate and key in one file, so that one rename replaces both", () => {
    expect(workloadSecret({ certificate: "C", privateKey: "K" }, "7")).toMatchObject({
      version_info: "7",
      resources: [
        { name: "workload", tls_certificate: { certificate_chain: { inline_string: "C" }, private_key: { inline_string: "K" } } },
      ],
    });
  });
});
