import { z } from "zod";

// What a route file holds, as far as Weft reads it. Objects are loose: fields that are not read here are never touched.
// Weights stay `unknown`: whether one can be moved depends on how it is written (see `legs.ts`).

const WeightedCluster = z.looseObject({
  name: z.string().optional(),
  cluster_header: z.string().optional(),
  weight: z.unknown().optional(),
});

const RetryPolicy = z.looseObject({
  retry_on: z.string().optional(),
  num_retries: z.number().optional(),
  per_try_timeout: z.string().optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const RouteAction = z.looseObject({
  cluster: z.string().optional(),
  cluster_header: z.string().optional(),
  weighted_clusters: z
    .looseObject({ clusters: z.array(WeightedCluster).default([]), runtime_key_prefix: z.string().optional() })
    .optional(),
  timeout: z.string().optional(),
  retry_policy: RetryPolicy.optional(),
});
export type RouteAction = z.infer<typeof RouteAction>;

const FileRoute = z.looseObject({
  name: z.string().default(""),
  match: z.looseObject({}).default({}),
  metadata: z.looseObject({ filter_metadata: z.record(z.string(), z.looseObject({})).optional() }).optional(),
  route: RouteAction.optional(),
});
export type FileRoute = z.infer<typeof FileRoute>;

const FileVirtualHost = z.looseObject({
  name: z.string().default(""),
  domains: z.array(z.string()).default([]),
  routes: z.array(FileRoute).default([]),
  retry_policy: RetryPolicy.optional(),
});
export type FileVirtualHost = z.infer<typeof FileVirtualHost>;

/** One RouteConfiguration as a file holds it. */
export const FileRouteConfiguration = z.looseObject({
  "@type": z.string().default(""),
  name: z.string().default(""),
  validate_clusters: z.boolean().optional(),
  virtual_hosts: z.array(FileVirtualHost).default([]),
});
export type FileRouteConfiguration = z.infer<typeof FileRouteConfiguration>;

/** The DiscoveryResponse around it. */
export const DiscoveryFile = z.looseObject({
  version_info: z.unknown().optional(),
  resources: z.array(z.unknown()).default([]),
});
