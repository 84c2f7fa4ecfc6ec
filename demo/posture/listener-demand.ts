/** What a listener asks of its callers: `strict` mutual TLS only, `permissive` plaintext as well, `oneWay` TLS without a certificate, `off` no TLS. */
export type Demand = "strict" | "permissive" | "oneWay" | "off" | "unknown";

/** Reads the demand of the inbound listener out of a listener file. Others edit the file while the demo runs: what cannot be read is `unknown`. */
export function demandOf(listenerFile: string): Demand {
  const resources = member(parse(listenerFile), "resources");
  const inbound = list(resources).find((resource) => member(resource, "traffic_direction") === "INBOUND");
  const chains = list(member(inbound, "filter_chains"));
  if (chains.length === 0) return "unknown";
  const kinds = new Set(chains.map(kindOf));
  if (kinds.has("plaintext")) return kinds.size === 1 ? "off" : "permissive";
  return kinds.has("oneWay") ? "oneWay" : "strict";
}

function kindOf(chain: unknown): "mutual" | "oneWay" | "plaintext" {
  const socket = member(chain, "transport_socket");
  if (socket === undefined) return "plaintext";
  return member(member(socket, "typed_config"), "require_client_certificate") === true ? "mutual" : "oneWay";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
