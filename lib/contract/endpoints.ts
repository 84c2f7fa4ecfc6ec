import { z } from "zod";

import { Change } from "#lib/model/change.ts";
import { MeshGraph } from "#lib/model/graph.ts";
import { RedChart } from "#lib/model/red-chart.ts";
import { Plan, Route } from "#lib/model/routing.ts";

import { sourcedSchema } from "./envelope.ts";
import { ChangesQuery, GraphQuery, IdQuery, ListQuery, LiveQuery, PlanRequest, RedQuery, ServiceQuery, ServicesQuery } from "./requests.ts";
import { ChangeList, ProxyList, ProxyView, RouteList, ServiceDetail, ServiceList, Session, SourceList } from "./values.ts";

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
  listSources: read("/api/sources", NoQuery, sourcedSchema(SourceList), "Sources: what each gives, and what its absence takes away"),
  getSession: read("/api/session", NoQuery, Session, "Who the reader is, and the token that writes need"),
  getLive: read("/api/live", LiveQuery, z.string(), "Server-sent events: snapshot, delta, change, source"),
  createPlan: {
    method: "POST",
    path: "/api/plans",
    summary: "Work out a change of weights; writes nothing",
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
