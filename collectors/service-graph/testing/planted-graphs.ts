/** One counter, by how much it grows in each step. */
export interface PlantedSeries {
  metric: string;
  labels: Readonly<Record<string, string>>;
  perStep: number;
  /** The step at which it begins anew; left out = never. */
  restartsAt?: number | undefined;
}

/** What is in a store, and what is told of four steps. */
interface PlantedGraph {
  series: PlantedSeries[];
  /** By `source > target protocol version by reporter`. */
  expected: Record<string, { count: number; errorCount: number; upToMs: Record<string, number> | null; meanMs: number | null }>;
}

type Labels = Readonly<Record<string, string>>;

/** Requests of each step: how many took at most so many seconds, and their mean. */
interface Times {
  upTo: Readonly<Record<string, number>>;
  meanS: number;
}

interface Edge {
  requests: number;
  failed?: number;
  server?: Times;
  client?: Times;
  restartsAt?: number;
}

const METRIC = "traces_service_graph_request";

function times(metric: string, labels: Labels, { upTo, meanS }: Times, restartsAt: number | undefined): PlantedSeries[] {
  const count = upTo["+Inf"] ?? 0;
  return [
    ...Object.entries(upTo).map(([le, perStep]) => ({ metric: `${metric}_bucket`, labels: { ...labels, le }, perStep, restartsAt })),
    { metric: `${metric}_sum`, labels, perStep: count * meanS, restartsAt },
    { metric: `${metric}_count`, labels, perStep: count, restartsAt },
  ];
}

/** The counters of one edge, as Tempo 2 and present OpenTelemetry Collectors name them. */
function edge(labels: Labels, { requests, failed = 0, server, client, restartsAt }: Edge): PlantedSeries[] {
  return [
    { metric: `${METRIC}_total`, labels, perStep: requests, restartsAt },
    ...(failed > 0 ? [{ metric: `${METRIC}_failed_total`, labels, perStep: failed, restartsAt }] : []),
    ...(server === undefined ? [] : times(`${METRIC}_server_seconds`, labels, server, restartsAt)),
    ...(client === undefined ? [] : times(`${METRIC}_client_seconds`, labels, client, restartsAt)),
  ];
}

const CART: Labels = { client: "frontend", server: "cart", connection_type: "" };
const NAMED: Labels = { ...CART, client_service_namespace: "shop", server_service_namespace: "shop", server_service_version: "v2" };
/** The connector's scope, which its exporters add. */
const SCOPE: Labels = { otel_scope_name: "traces_service_graph", otel_scope_version: "" };
const QUICK: Times = { upTo: { "0.002": 5, "0.1": 15, "+Inf": 20 }, meanS: 0.05 };
const SLOW: Times = { upTo: { "0.002": 0, "0.1": 1, "+Inf": 2 }, meanS: 0.4 };
/** What stands for the server's side of a server that sent no spans. */
const NONE: Times = { upTo: { "0.002": 10, "0.1": 10, "+Inf": 10 }, meanS: 0 };
const CALLERS: Times = { upTo: { "0.002": 0, "0.1": 4, "+Inf": 10 }, meanS: 0.2 };

const virtual = (client: string, server: string, more: Labels = {}): Labels => ({
  client,
  server,
  connection_type: "virtual_node",
  ...more,
});
const told = (
  count: number,
  upToMs: Record<string, number> | null,
  meanMs: number | null,
  errorCount = 0,
): PlantedGraph["expected"][string] => ({ count, errorCount, upToMs, meanMs });
const QUICK_TOLD = { "2": 20, "100": 60, all: 80 };
const CALLERS_TOLD = { "2": 0, "100": 16, all: 40 };

export const GRAPHS: Readonly<Record<string, PlantedGraph>> = {
  "a connector that keeps a counter for each outcome": {
    series: [
      ...edge({ ...NAMED, ...SCOPE, failed: "false" }, { requests: 20, server: QUICK, client: QUICK }),
      ...edge({ ...NAMED, ...SCOPE, failed: "true" }, { requests: 2, failed: 2, server: SLOW, client: SLOW }),
    ],
    expected: { "shop/frontend > shop/cart http v2 by destination": told(88, { "2": 20, "100": 64, all: 88 }, 82, 8) },
  },
  "Tempo, whose failures have no label, by two of its generators": {
    series: ["a", "b"].flatMap((generator) =>
      edge({ ...NAMED, __metrics_gen_instance: generator }, { requests: 20, failed: 3, server: QUICK }),
    ),
    expected: { "shop/frontend > shop/cart http v2 by destination": told(160, { "2": 40, "100": 120, all: 160 }, 50, 24) },
  },
  "namespaces by the names of Kubernetes": {
    series: edge({ ...CART, client_k8s_namespace_name: "web", server_k8s_namespace_name: "shop" }, { requests: 20, server: QUICK }),
    expected: { "web/frontend > shop/cart http - by destination": told(80, QUICK_TOLD, 50) },
  },
  "no namespaces": {
    series: edge(CART, { requests: 20, server: QUICK }),
    expected: { "unknown/frontend > unknown/cart http - by destination": told(80, QUICK_TOLD, 50) },
  },
  "several versions of a server": {
    series: ["v1", "v2"].flatMap((version) => edge({ ...NAMED, server_service_version: version }, { requests: 20, server: QUICK })),
    expected: {
      "shop/frontend > shop/cart http v1 by destination": told(80, QUICK_TOLD, 50),
      "shop/frontend > shop/cart http v2 by destination": told(80, QUICK_TOLD, 50),
    },
  },
  "everything fails": {
    series: edge({ ...NAMED, failed: "true" }, { requests: 20, failed: 20, server: QUICK }),
    expected: { "shop/frontend > shop/cart http v2 by destination": told(80, QUICK_TOLD, 50, 80) },
  },
  "callers without spans": {
    series: [
      ...edge(virtual("user", "frontend"), { requests: 20, server: QUICK }),
      ...edge(virtual("mobile", "frontend", { virtual_node: "client" }), { requests: 20, server: QUICK }),
    ],
    expected: {
      "internet > unknown/frontend http - by destination": told(80, QUICK_TOLD, 50),
      "external/mobile > unknown/frontend http - by destination": told(80, QUICK_TOLD, 50),
    },
  },
  "servers without spans, whose callers alone measured": {
    series: [
      ...edge(virtual("cart", "api.stripe.com"), { requests: 10, failed: 1, server: NONE, client: CALLERS }),
      ...edge(virtual("cart", "mail.example", { virtual_node: "server" }), { requests: 10, server: NONE, client: CALLERS }),
      ...edge(virtual("cart", "unknown"), { requests: 10, server: NONE, client: CALLERS }),
    ],
    expected: {
      "unknown/cart > external/api.stripe.com http - by source": told(40, CALLERS_TOLD, 200, 4),
      "unknown/cart > external/mail.example http - by source": told(40, CALLERS_TOLD, 200),
      "unknown/cart > unknown/unidentified http - by source": told(40, CALLERS_TOLD, 200),
    },
  },
  "databases and queues": {
    series: [
      ...edge({ client: "cart", server: "orders", connection_type: "database" }, { requests: 20, server: QUICK, client: QUICK }),
      ...edge({ client: "cart", server: "mailer", connection_type: "messaging_system" }, { requests: 20, server: QUICK }),
      ...times(
        `${METRIC}_messaging_system_seconds`,
        { client: "cart", server: "mailer", connection_type: "messaging_system" },
        SLOW,
        undefined,
      ),
    ],
    expected: {
      "unknown/cart > external/orders tcp - by source": told(80, QUICK_TOLD, 50),
      "unknown/cart > unknown/mailer tcp - by destination": told(80, QUICK_TOLD, 50),
    },
  },
  "ends without a name are no edge": {
    series: [
      ...edge({ client: "frontend", connection_type: "" }, { requests: 20 }),
      ...edge({ server: "cart" }, { requests: 20 }),
      ...edge({ client: "frontend", server: "cart" }, { requests: 20, server: QUICK }),
    ],
    expected: { "unknown/frontend > unknown/cart http - by destination": told(80, QUICK_TOLD, 50) },
  },
  "names with quotes, backslashes and lines": {
    series: edge({ ...CART, server: 'ca"rt\\one\ntwo' }, { requests: 20, server: QUICK }),
    expected: { [String.raw`unknown/frontend > unknown/ca"rt\one\u{a}two http - by destination`]: told(80, QUICK_TOLD, 50) },
  },
  "a generator that begins anew within the window": {
    series: edge(NAMED, { requests: 20, failed: 1, server: QUICK, restartsAt: 6 }),
    expected: { "shop/frontend > shop/cart http v2 by destination": told(80, QUICK_TOLD, 50, 4) },
  },
  "generators with different buckets: those that both have": {
    series: [
      ...edge({ ...NAMED, collector: "a" }, { requests: 20, server: QUICK }),
      ...edge({ ...NAMED, collector: "b" }, { requests: 20, server: { upTo: { "0.05": 4, "0.1": 15, "+Inf": 20 }, meanS: 0.05 } }),
    ],
    expected: { "shop/frontend > shop/cart http v2 by destination": told(160, { "100": 120, all: 160 }, 50) },
  },
  "buckets that were dropped: means are there": {
    series: edge(NAMED, { requests: 20, server: QUICK }).filter(({ metric }) => !metric.endsWith("_bucket")),
    expected: { "shop/frontend > shop/cart http v2 by destination": told(80, null, 50) },
  },
  "the older names of durations are not taken for seconds": {
    series: [
      ...edge(NAMED, { requests: 20, failed: 1 }),
      ...times(`${METRIC}_duration_milliseconds`, NAMED, { upTo: { "2": 5, "+Inf": 20 }, meanS: 50 }, undefined),
    ],
    expected: { "shop/frontend > shop/cart http v2 by destination": told(80, null, null, 4) },
  },
  "nothing moved": {
    series: edge(NAMED, { requests: 0, server: { upTo: { "+Inf": 0 }, meanS: 0 } }),
    expected: {},
  },
};
