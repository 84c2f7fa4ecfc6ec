import type { FindKey } from "./find.ts";

/** What may be typed into the find box over the map, for those who look it up. */
export const FIND_HELP: readonly { key: FindKey | null; example: string; what: string }[] = [
  { key: null, example: "cart", what: "part of a name" },
  { key: "namespace", example: "namespace:shop,payments", what: "any of these namespaces" },
  { key: "status", example: "status:degraded", what: "healthy, degraded, failing or unknown" },
  {
    key: "mtls",
    example: "mtls:plaintext",
    what: "mutual, oneWay, plaintext (any of it), mixed, unknown, broken (refused, or its sides do not fit) or refused",
  },
  { key: "version", example: "version:v2", what: "runs or calls this version" },
  { key: "protocol", example: "protocol:tcp", what: "http, grpc or tcp" },
  { key: "kind", example: "kind:external", what: "service, workload, gateway, external or unknown" },
];

export const FIND_HELP_HIDE = { example: "-mtls:mutual", what: "a minus hides instead: all edges but these" } as const;
