import { z } from "zod";

import { Change } from "#lib/model/change.ts";
import { Health, MeshEdge, MeshGraph, NodeVersion } from "#lib/model/graph.ts";
import { NodeKind } from "#lib/model/ids.ts";
import { Red } from "#lib/model/red.ts";
import { Route } from "#lib/model/routing.ts";
import { SourceStatus } from "#lib/model/source.ts";
import { ServerDemand } from "#lib/model/tls.ts";
import { Certificate, Proxy, Upstream } from "#lib/model/topology.ts";
import { Verdict } from "#lib/model/verdict.ts";

import { listOf } from "./envelope.ts";

/** One line of a chart. All arrays have one length; `t` is the end of each step, epoch ms; gaps are `null`. */
export const RedSeries = z.object({
  group: z.string(),
  t: z.array(z.number()),
  rate: z.array(z.number().nullable()),
  errorRatio: z.array(z.number().nullable()),
  errorCount: z.array(z.number().int().nullable()),
  count: z.array(z.number().int().nullable()),
  p50Ms: z.array(z.number().nullable()),
  p95Ms: z.array(z.number().nullable()),
  p99Ms: z.array(z.number().nullable()),
});
export type RedSeries = z.infer<typeof RedSeries>;

export const RedAnswer = z.object({
  subject: z.string(),
  window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  stepMs: z.number(),
  series: z.array(RedSeries),
});
export type RedAnswer = z.infer<typeof RedAnswer>;

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

export const ProxyView = z.object({
  proxy: Proxy,
  upstreams: z.array(Upstream),
  certificates: z.array(Certificate),
  config: z.array(z.object({ kind: z.string(), text: z.string() })),
});
export type ProxyView = z.infer<typeof ProxyView>;

export const Session = z.object({ actor: z.string(), csrfToken: z.string(), readOnly: z.boolean() });
export type Session = z.infer<typeof Session>;

export const GraphAnswer = MeshGraph;
export const ServiceList = listOf(ServiceSummary);
export const RouteList = listOf(Route);
export const ChangeList = listOf(Change);
export const ProxyList = listOf(Proxy);
export const SourceList = listOf(SourceStatus);
