import { z } from "zod";

// Elements of `/config_dump?resource=…`. Objects are loose: what Weft does not read is kept, so that it can be shown.

/** `Any` in proto-JSON: the message's own fields beside its type. */
export const AnyConfig = z.looseObject({ "@type": z.string().default("") });
export type AnyConfig = z.infer<typeof AnyConfig>;

const Named = z.looseObject({ name: z.string().default(""), typed_config: AnyConfig.optional() });
const Metadata = z.looseObject({ filter_metadata: z.record(z.string(), z.looseObject({})).default({}) });

const FilterChainMatch = z.looseObject({ transport_protocol: z.string().optional() });

export const FilterChain = z.looseObject({
  name: z.string().optional(),
  filter_chain_match: FilterChainMatch.optional(),
  filters: z.array(Named).default([]),
  transport_socket: Named.optional(),
});
export type FilterChain = z.infer<typeof FilterChain>;

export const Listener = z.looseObject({
  name: z.string().default(""),
  traffic_direction: z.string().default("UNSPECIFIED"),
  filter_chains: z.array(FilterChain).default([]),
  default_filter_chain: FilterChain.optional(),
});
export type Listener = z.infer<typeof Listener>;

export const Cluster = z.looseObject({
  name: z.string(),
  metadata: Metadata.optional(),
  transport_socket: Named.optional(),
  transport_socket_matches: z.array(z.looseObject({ transport_socket: Named.optional() })).default([]),
});
export type Cluster = z.infer<typeof Cluster>;

const WeightedCluster = z.looseObject({ name: z.string().default(""), weight: z.number().int().nonnegative().default(0) });

const RouteAction = z.looseObject({
  cluster: z.string().optional(),
  weighted_clusters: z.looseObject({ clusters: z.array(WeightedCluster).default([]) }).optional(),
  timeout: z.string().optional(),
});

/** One route of a virtual host. Exactly one of `route`, `redirect`, `direct_response` is there; the others stay in the rest. */
export const RouteEntry = z.looseObject({
  name: z.string().default(""),
  match: z.looseObject({}).default({}),
  metadata: Metadata.optional(),
  route: RouteAction.optional(),
});
export type RouteEntry = z.infer<typeof RouteEntry>;

export const VirtualHost = z.looseObject({
  name: z.string().default(""),
  domains: z.array(z.string()).default([]),
  routes: z.array(RouteEntry).default([]),
});
export type VirtualHost = z.infer<typeof VirtualHost>;

export const RouteConfiguration = z.looseObject({ name: z.string().default(""), virtual_hosts: z.array(VirtualHost).default([]) });
export type RouteConfiguration = z.infer<typeof RouteConfiguration>;

const Dated = { version_info: z.string().default(""), last_updated: z.string().optional() };

/** Schema of one element by the name of the repeated field that holds it. Secrets are not among them, on purpose. */
export const CONFIG_ELEMENTS = {
  static_listeners: z.looseObject({ listener: Listener, last_updated: z.string().optional() }),
  dynamic_listeners: z.looseObject({
    name: z.string().default(""),
    active_state: z.looseObject({ ...Dated, listener: Listener }).optional(),
  }),
  static_clusters: z.looseObject({ cluster: Cluster, last_updated: z.string().optional() }),
  dynamic_active_clusters: z.looseObject({ ...Dated, cluster: Cluster }),
  static_route_configs: z.looseObject({ ...Dated, route_config: RouteConfiguration }),
  dynamic_route_configs: z.looseObject({ ...Dated, route_config: RouteConfiguration }),
  static_endpoint_configs: z.looseObject({}),
  dynamic_endpoint_configs: z.looseObject({}),
} as const;

/** The repeated fields of a configuration dump that Weft asks for. */
export type ConfigResource = keyof typeof CONFIG_ELEMENTS;

export type ConfigElement<R extends ConfigResource> = z.infer<(typeof CONFIG_ELEMENTS)[R]>;

export const ConfigAnswer = z.object({ configs: z.array(z.unknown()).default([]) });
