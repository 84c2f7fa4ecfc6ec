import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { externalId, INTERNET_ID, serviceId, unknownId } from "#lib/model/ids.ts";
import type { TrafficKey } from "#lib/ports/series-store.ts";

type Labels = Readonly<Record<string, string>>;

/** What metrics of a service graph are called, without the parts that say what they count. */
export const SERVICE_GRAPH = "traces_service_graph_request";

/** Dimensions that tell a namespace or a version where they were asked for, by OpenTelemetry's names with dots as underscores. */
const NAMESPACES = ["service_namespace", "k8s_namespace_name", "namespace"];
const VERSIONS = ["service_version", "version"];

/** Every label by which edges, their ends and versions are told apart. */
export const EDGE_LABELS: readonly string[] = [
  "client",
  "server",
  "connection_type",
  "virtual_node",
  ...NAMESPACES.flatMap((name) => [`client_${name}`, `server_${name}`]),
  ...VERSIONS.map((name) => `server_${name}`),
];

/** An edge, and by which side's clock its durations were measured. */
export interface GraphEdge {
  key: TrafficKey;
  timedBy: "client" | "server";
}

/**
 * The edge that a series is about. An end without spans of its own is virtual: the caller `user` is the internet, a server is
 * outside the mesh, as is a database, which sends no spans. Their durations were measured by the caller, since nobody else
 * did. An end without a namespace is known by its name alone. `null` where an end has no name at all.
 */
export function edgeOf(labels: Labels): GraphEdge | null {
  const { client = "", server = "", connection_type: type = "" } = labels;
  if (client === "" || server === "") return null;
  const virtual = virtualEnd(labels);
  const isOutside = virtual === "server" || type === "database";
  const key: TrafficKey = {
    source: virtual === "client" ? callerOf(client) : nodeOf(labels, "client", client),
    target: isOutside ? outside(server) : nodeOf(labels, "server", server),
    protocol: type === "database" || type === "messaging_system" ? "tcp" : "http",
    version: isOutside ? null : version(labels),
    reporter: isOutside ? "source" : "destination",
  };
  return { key, timedBy: virtual === "server" ? "client" : "server" };
}

const USER = "user";
/** What the connector writes where no attribute tells the other end. */
const NOBODY = "unknown";

function virtualEnd({ client, connection_type: type, virtual_node: end }: Labels): "client" | "server" | null {
  if (end === "client" || end === "server") return end;
  if (type !== "virtual_node") return null;
  return client === USER ? "client" : "server";
}

function callerOf(client: string): string {
  return client === USER ? INTERNET_ID : externalId(plainIdPart(client));
}

function outside(server: string): string {
  return server === NOBODY ? unknownId("unidentified") : externalId(plainIdPart(server));
}

function nodeOf(labels: Labels, side: "client" | "server", service: string): string {
  const namespace = firstOf(labels, side, NAMESPACES);
  return namespace === null ? unknownId(plainIdPart(service)) : serviceId(plainIdPart(namespace), plainIdPart(service));
}

function version(labels: Labels): string | null {
  const told = firstOf(labels, "server", VERSIONS);
  return told === null ? null : plainName(told);
}

function firstOf(labels: Labels, side: string, names: readonly string[]): string | null {
  return names.map((name) => labels[`${side}_${name}`] ?? "").find((value) => value !== "") ?? null;
}
