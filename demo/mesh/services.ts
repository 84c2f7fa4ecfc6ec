/** How requests to a service travel. */
export type Protocol = "http" | "grpc" | "tcp";

/** One service of the mesh; every instance has an Envoy beside it. */
export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly protocol: Protocol;
  /** The port callers name (`outbound|<port>|…`); the listeners themselves get free ports. */
  readonly port: number;
  readonly versions: readonly [string, ...string[]];
  readonly replicas: number;
  /** The gateway is a proxy alone, without an application behind it. */
  readonly hasApp: boolean;
  /** A permissive listener also takes plaintext, and comes by LDS from a file. */
  readonly permissive?: true;
}

const V1 = ["v1"] as const;

export const SERVICES: readonly Service[] = [
  { name: "gateway", namespace: "shop", protocol: "http", port: 443, versions: V1, replicas: 1, hasApp: false },
  { name: "frontend", namespace: "shop", protocol: "http", port: 8080, versions: V1, replicas: 3, hasApp: true },
  { name: "catalog", namespace: "shop", protocol: "http", port: 8080, versions: V1, replicas: 3, hasApp: true },
  { name: "cart", namespace: "shop", protocol: "http", port: 8080, versions: V1, replicas: 1, hasApp: true },
  { name: "checkout", namespace: "shop", protocol: "http", port: 8080, versions: V1, replicas: 1, hasApp: true },
  { name: "kv", namespace: "shop", protocol: "tcp", port: 6379, versions: V1, replicas: 1, hasApp: true },
  { name: "reviews", namespace: "reviews", protocol: "http", port: 9080, versions: ["v1", "v2"], replicas: 1, hasApp: true },
  { name: "ratings", namespace: "reviews", protocol: "grpc", port: 9090, versions: V1, replicas: 1, hasApp: true },
  { name: "payments", namespace: "payments", protocol: "http", port: 8080, versions: V1, replicas: 1, hasApp: true },
  { name: "ledger", namespace: "payments", protocol: "http", port: 8080, versions: V1, replicas: 1, hasApp: true, permissive: true },
];

/** The payment provider outside the mesh: HTTPS, no proxy, no mesh identity. */
export const CARD_NETWORK = { name: "card-network", port: 443 } as const;

/** A small job outside the mesh that calls a service past every proxy. Its address is all that tells who it is, so it is fixed. */
export interface Job {
  readonly name: string;
  readonly address: string;
  readonly target: string;
  readonly callsPerSecond: number;
  /** Calls in plaintext, or shows a certificate of the mesh's authority whose name belongs to another trust domain. */
  readonly shows: "nothing" | "foreignName";
}

/** The old job that nobody moved into the mesh. */
export const LEGACY_REPORT: Job = {
  name: "legacy-report",
  address: "127.0.1.12",
  target: "ledger",
  callsPerSecond: 0.8,
  shows: "nothing",
};

/** A caller that ledger's proxy must refuse; off until a fault sets it going. */
export const ROGUE_JOB: Job = { name: "rogue-job", address: "127.0.1.13", target: "ledger", callsPerSecond: 1, shows: "foreignName" };

/** A second caller in plaintext; off until a fault sets it going. */
export const AUDIT_EXPORT: Job = { name: "audit-export", address: "127.0.1.14", target: "ledger", callsPerSecond: 1, shows: "nothing" };

export const JOBS: readonly Job[] = [LEGACY_REPORT, ROGUE_JOB, AUDIT_EXPORT];

/** The visitors' name in the ledger. */
export const INTERNET = "internet";

/** Who calls whom through a proxy of their own: the edges of the graph. Beside them there are only `internet` to gateway and the jobs outside. */
export const CALLS: readonly { readonly from: string; readonly to: string }[] = [
  { from: "gateway", to: "frontend" },
  { from: "frontend", to: "catalog" },
  { from: "frontend", to: "cart" },
  { from: "frontend", to: "checkout" },
  { from: "frontend", to: "reviews" },
  { from: "catalog", to: "reviews" },
  { from: "checkout", to: "cart" },
  { from: "checkout", to: "payments" },
  // Past payments, which ledger's own rules forbid: answered 403, always.
  { from: "checkout", to: "ledger" },
  { from: "payments", to: "ledger" },
  { from: "payments", to: CARD_NETWORK.name },
  { from: "reviews", to: "ratings" },
  { from: "cart", to: "kv" },
];

/** The service of that name; a name outside the table is a mistake in the demo itself. */
export function serviceNamed(name: string): Service {
  const service = SERVICES.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`the demo has no service ${name}`);
  return service;
}

/** Hosts that `service` calls through its proxy, in the table's order. */
export function calleesOf(service: string): string[] {
  return CALLS.filter((call) => call.from === service).map((call) => call.to);
}

export const NAMESPACES: readonly string[] = [...new Set(SERVICES.map((service) => service.namespace))];
