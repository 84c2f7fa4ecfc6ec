import { z } from "zod";

import { Change } from "#lib/model/change.ts";
import { MeshGraph } from "#lib/model/graph.ts";
import { RedChart } from "#lib/model/red-chart.ts";
import { Plan, Route } from "#lib/model/routing.ts";
import { SecurityReport, WhatIf } from "#lib/model/security.ts";
import { Differences, Trace, TraceSearch } from "#lib/model/trace.ts";

import { sourcedSchema } from "./envelope.ts";
import {
  ChangesQuery,
  DifferencesQuery,
  ExemplarsQuery,
  GraphQuery,
  IdQuery,
  ListQuery,
  LiveQuery,
  OperationsQuery,
  PlanRequest,
  RedQuery,
  SecurityExportQuery,
  SecurityQuery,
  ServiceQuery,
  ServicesQuery,
  TraceQuery,
  TraceServicesQuery,
  TracesQuery,
  WhatIfQuery,
} from "./requests.ts";
import {
  ChangeList,
  ExemplarList,
  OperationList,
  ProxyList,
  ProxyView,
  RouteList,
  ServiceDetail,
  ServiceList,
  Session,
  SourceList,
  TraceServiceList,
} from "./values.ts";

/** One call of the public API: what it takes and what it answers. The OpenAPI document is made from these. */
export interface Endpoint<Query extends z.ZodType = z.ZodType, Value extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  method: "GET" | "POST";
  path: string;
  summary: string;
  query: Query;
  value: Value;
  body?: Body;
  status?: number;
}

function read<Query extends z.ZodType, Value extends z.ZodType>(path: string, query: Query, value: Value, summary: string) {
  return { method: "GET", path, summary, query, value } as const satisfies Endpoint<Query, Value>;
}

const NoQuery = z.object({});

/** Every call of the public API, by operation id. */
export const endpoints = {
  getGraph: read("/api/graph", GraphQuery, sourcedSchema(MeshGraph), "The mesh graph of a window"),
  getRed: read("/api/red", RedQuery, sourcedSchema(RedChart), "Requests, errors and durations over time"),
  listServices: read("/api/services", ServicesQuery, sourcedSchema(ServiceList), "Services with their health"),
  getService: read("/api/service", ServiceQuery, sourcedSchema(ServiceDetail), "One service in depth"),
  listRoutes: read("/api/routes", ListQuery, sourcedSchema(RouteList), "Routes and their splits"),
  getRoute: read("/api/route", IdQuery, sourcedSchema(Route), "One route"),
  getPlan: read("/api/plan", IdQuery, sourcedSchema(Plan), "A plan that was made in the last 15 minutes"),
  listChanges: read("/api/changes", ChangesQuery, sourcedSchema(ChangeList), "Changes, newest first"),
  getChange: read("/api/change", IdQuery, sourcedSchema(Change), "One change"),
  listProxies: read("/api/proxies", ListQuery, sourcedSchema(ProxyList), "Proxies and their state"),
  getProxy: read("/api/proxy", IdQuery, sourcedSchema(ProxyView), "One proxy in depth, secrets masked"),
  getSecurity: read("/api/security", SecurityQuery, sourcedSchema(SecurityReport), "Who talks to whom, how, and with which right"),
  exportSecurity: read("/api/security/export", SecurityExportQuery, z.string(), "One table of the security report as CSV or JSON"),
  getWhatIf: read("/api/security/what-if", WhatIfQuery, sourcedSchema(WhatIf), "Who would be refused if plaintext were"),
  listSources: read("/api/sources", NoQuery, sourcedSchema(SourceList), "Sources: what each gives, and what its absence takes away"),
  findTraces: read("/api/traces", TracesQuery, sourcedSchema(TraceSearch), "Traces that meet conditions, newest first"),
  getTrace: read("/api/trace", TraceQuery, sourcedSchema(Trace), "One trace with all its spans"),
  exportTrace: read("/api/trace/otlp", TraceQuery, z.string(), "One trace as an OTLP export request in JSON"),
  listTraceServices: read("/api/trace-services", TraceServicesQuery, sourcedSchema(TraceServiceList), "Services that have spans"),
  getDifferences: read("/api/trace-differences", DifferencesQuery, sourcedSchema(Differences), "What tells some traces from the rest"),
  listOperations: read("/api/operations", OperationsQuery, sourcedSchema(OperationList), "Operations of a service, counted from spans"),
  listExemplars: read("/api/exemplars", ExemplarsQuery, sourcedSchema(ExemplarList), "Requests behind a chart"),
  getSession: read("/api/session", NoQuery, Session, "Who the reader is, and the token that writes need"),
  getLive: read("/api/live", LiveQuery, z.string(), "Server-sent events: snapshot, delta, change, source"),
  createPlan: {
    method: "POST",
    path: "/api/plans",
    summary: "Work out a change of weights, or of what a workload demands; writes nothing",
    query: NoQuery,
    value: sourcedSchema(Plan),
    body: PlanRequest,
  },
  applyPlan: {
    method: "POST",
    path: "/api/plans/apply",
    summary: "Write a plan to the mesh",
    query: IdQuery,
    value: sourcedSchema(Change),
    status: 202,
  },
  undoChange: {
    method: "POST",
    path: "/api/changes/undo",
    summary: "Take a change back by a new one",
    query: IdQuery,
    value: sourcedSchema(Change),
    status: 202,
  },
} as const;
