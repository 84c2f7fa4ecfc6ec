import { z } from "zod";

import { Change } from "#lib/model/change.ts";
import { ServiceDetail, ServiceSummary } from "#lib/model/inventory.ts";
import { RedChart } from "#lib/model/red-chart.ts";
import { Route } from "#lib/model/routing.ts";
import { SourceStatus } from "#lib/model/source.ts";
import { Certificate, Proxy, Upstream } from "#lib/model/topology.ts";
import { Exemplar, OperationRed, TraceService } from "#lib/model/trace.ts";

import { listOf } from "./envelope.ts";

export { RedChart as RedAnswer, ServiceDetail, ServiceSummary };

export const ProxyView = z.object({
  proxy: Proxy,
  upstreams: z.array(Upstream),
  certificates: z.array(Certificate),
  config: z.array(z.object({ kind: z.string(), text: z.string() })),
});
export type ProxyView = z.infer<typeof ProxyView>;

/** Who the reader is. The token goes back in the header `X-Weft-CSRF` on every write. */
/** `mesh` is what the configuration calls this mesh; absent where nobody named it. */
export const Session = z.object({ actor: z.string(), csrfToken: z.string(), readOnly: z.boolean(), mesh: z.string().optional() });
export type Session = z.infer<typeof Session>;

export const ServiceList = listOf(ServiceSummary);
export const RouteList = listOf(Route);
export const ChangeList = listOf(Change);
export const ProxyList = listOf(Proxy);
export const SourceList = listOf(SourceStatus);
export const TraceServiceList = listOf(TraceService);
export const OperationList = listOf(OperationRed);
export const ExemplarList = listOf(Exemplar);
