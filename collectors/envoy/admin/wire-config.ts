import { z } from "zod";

// Elements of `/config_dump?resource=…`. Objects are loose: what Weft does not read is kept, so that it can be shown.

/** `Any` in proto-JSON: the message's own fields beside its type. */
export const AnyConfig = z.looseObject({ "@type": z.string().default("") });
export type AnyConfig = z.infer<typeof AnyConfig>;

const Named = z.looseObject({ name: z.string().default(""), typed_config: AnyConfig.optional() });
const Metadata = z.looseObject({ filter_metadata: z.record(z.string(), z.looseObject({})).default({}) });

const FilterChainMatch = z.looseObject({ transport_protocol: z.string().optional() });

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
  include_request_attempt_count: z.boolean().default(false),
});
export type VirtualHost = z.infer<typeof VirtualHost>;

export const RouteConfiguration = z.looseObject({ name: z.string().default(""), virtual_hosts: z.array(VirtualHost).default([]) });
export type RouteConfiguration = z.infer<typeof RouteConfiguration>;

const StatDefinition = z.looseObject({
  stat: z
    .looseObject({ name: z.string().default(""), tags: z.array(z.looseObject({ name: z.string().default("") })).default([]) })
    .default({ name: "", tags: [] }),
});

/** `envoy.extensions.access_loggers.stats.v3.Config`: the counters and histograms that it keeps. */
export const StatsLogger = z.looseObject({
  stats_scope: z.looseObject({ prefix: z.string().default("") }).optional(),
  stat_prefix: z.string().default(""),
  counters: z.array(StatDefinition).default([]),
  histograms: z.array(StatDefinition).default([]),
});
export type StatsLogger = z.infer<typeof StatsLogger>;

/** The parts of `HttpConnectionManager` that tell where requests go and what is counted. */
export const HttpConnectionManager = z.looseObject({
  stat_prefix: z.string().default(""),
  http_filters: z.array(Named).default([]),
  access_log: z.array(Named).default([]),
  route_config: RouteConfiguration.optional(),
  rds: z.looseObject({ route_config_name: z.string().default("") }).optional(),
});

/** The parts of `TcpProxy` that tell where connections go and what is counted. */
export const TcpProxy = z.looseObject({
  access_log: z.array(Named).default([]),
  access_log_options: z.looseObject({ flush_access_log_on_connected: z.boolean().default(false) }).optional(),
  cluster: z.string().optional(),
  weighted_clusters: z.looseObject({ clusters: z.array(z.looseObject({ name: z.string().default("") })).default([]) }).optional(),
});

export const StringMatcher = z.looseObject({
  exact: z.string().optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  contains: z.string().optional(),
  safe_regex: z.looseObject({ regex: z.string().default("") }).optional(),
  ignore_case: z.boolean().optional(),
});
const SubjectMatchers = z.looseObject({
  match_typed_subject_alt_names: z.array(z.looseObject({ matcher: StringMatcher.optional() })).default([]),
});

/** `DownstreamTlsContext` and `UpstreamTlsContext`, as far as they say who must show a certificate. */
export const TlsContext = z.looseObject({
  require_client_certificate: z.boolean().default(false),
  common_tls_context: z
    .looseObject({
      tls_params: z
        .looseObject({ tls_minimum_protocol_version: z.string().optional(), tls_maximum_protocol_version: z.string().optional() })
        .optional(),
      tls_certificates: z.array(z.unknown()).default([]),
      tls_certificate_sds_secret_configs: z.array(z.unknown()).default([]),
      validation_context: SubjectMatchers.optional(),
      combined_validation_context: z.looseObject({ default_validation_context: SubjectMatchers.optional() }).optional(),
    })
    .optional(),
});

/** A set of rules: each policy lets in, or keeps out, whom one of its principals describes, for what one of its permissions does. */
const Rules = z.looseObject({
  action: z.string().default("ALLOW"),
  policies: z
    .record(
      z.string(),
      z.looseObject({
        permissions: z.array(z.looseObject({})).default([]),
        principals: z.array(z.looseObject({})).default([]),
        condition: z.unknown().optional(),
        checked_condition: z.unknown().optional(),
      }),
    )
    .default({}),
});

/** The authorization filter, of HTTP (`filters.http.rbac`) and of connections (`filters.network.rbac`). */
export const RbacFilter = z.looseObject({
  rules: Rules.optional(),
  shadow_rules: Rules.optional(),
  rules_stat_prefix: z.string().default(""),
  shadow_rules_stat_prefix: z.string().default(""),
  track_per_rule_stats: z.boolean().default(false),
  matcher: z.unknown().optional(),
  shadow_matcher: z.unknown().optional(),
});
export type RbacFilter = z.infer<typeof RbacFilter>;

export const FilterChain = z.looseObject({
  name: z.string().optional(),
  filter_chain_match: FilterChainMatch.optional(),
  filters: z.array(Named).default([]),
  transport_socket: Named.optional(),
});
export type FilterChain = z.infer<typeof FilterChain>;

export const Listener = z.looseObject({
  name: z.string().default(""),
  stat_prefix: z.string().optional(),
  traffic_direction: z.string().default("UNSPECIFIED"),
  access_log: z.array(Named).optional(),
  address: z
    .looseObject({ socket_address: z.looseObject({ address: z.string().default(""), port_value: z.number().int().default(0) }).optional() })
    .optional(),
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
