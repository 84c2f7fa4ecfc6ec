import { z } from "zod";

import { Change } from "./change.ts";
import { Health, MeshEdge, NodeVersion } from "./graph.ts";
import { NodeKind } from "./ids.ts";
import { Red } from "./red.ts";
import { Route } from "./routing.ts";
import { ServerDemand } from "./tls.ts";
import { Proxy } from "./topology.ts";
import { Verdict } from "./verdict.ts";

/** A service in the inventory, over the asked window. */
export const ServiceSummary = z.object({
  id: z.string(),
  kind: NodeKind,
  namespace: z.string().nullable(),
  service: z.string(),
  versions: z.array(NodeVersion),
  red: Red,
  health: Health,
  proxies: z.object({ n: z.number().int(), of: z.number().int() }).nullable(),
  demand: ServerDemand,
});
export type ServiceSummary = z.infer<typeof ServiceSummary>;

/** A service in depth. Verdicts compare each further version with the baseline since the last change of its split. */
export const ServiceDetail = ServiceSummary.extend({
  inbound: z.array(MeshEdge),
  outbound: z.array(MeshEdge),
  verdicts: z.array(Verdict),
  routes: z.array(Route),
  proxyList: z.array(Proxy),
  changes: z.array(Change),
});
export type ServiceDetail = z.infer<typeof ServiceDetail>;
