/** What a configuration file holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The `@type` of a protobuf message that Envoy reads from a typed field. */
export function type(name: string): string {
  return `type.googleapis.com/${name}`;
}

/** A file source with `path` alone: with a watched directory every rename in that folder would reload every subscriber. */
export function fromFile(path: string): JsonObject {
  return { resource_api_version: "V3", path_config_source: { path } };
}

export function socketAddress(address: string, port: number): JsonObject {
  return { socket_address: { address, port_value: port } };
}

/** The file form of a discovery response. */
export function discovery(typeName: string, resources: readonly JsonObject[], version = "1"): JsonObject {
  return { version_info: version, resources: resources.map((resource) => ({ "@type": type(typeName), ...resource })) };
}
