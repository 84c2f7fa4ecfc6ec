import { queryOptions } from "@tanstack/react-query";

import {
  ChangeList,
  ProxyList,
  ProxyView,
  RedAnswer,
  RouteList,
  ServiceDetail,
  ServiceList,
  Session,
  SourceList,
} from "#lib/contract/values.ts";
import { Change } from "#lib/model/change.ts";
import { MeshGraph } from "#lib/model/graph.ts";
import { Plan, Route } from "#lib/model/routing.ts";

import { readApi, readApiList, readPlain } from "./api-client.ts";

/** How often a table or chart asks again while it is looked at. The map does not ask: it rides the live stream. */
const REFRESH_MS = 5_000;
const SLOW_REFRESH_MS = 10_000;

/** What the top bar chose: `window` as in the address (`60s`), `namespaces` empty for all. */
export interface View {
  window: string;
  namespaces: readonly string[];
}

export function graphQuery(view: View) {
  return queryOptions({
    queryKey: ["graph", view.window, view.namespaces.toSorted().join(",")],
    queryFn: ({ signal }) => readApi("/api/graph", { window: view.window, namespaces: view.namespaces.toSorted() }, MeshGraph, signal),
    // The stream replaces it every two seconds; a second reader would only undo what came meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A stretch of RED: either the last `window`, or from an instant on (`to` null = now). Times are ISO. */
export interface RedRequest {
  subject: string;
  step: string;
  by?: "version";
  window?: string;
  from?: string;
  to?: string | null;
}

export function redQuery(request: RedRequest) {
  const { subject, step, by, window, from, to } = request;
  return queryOptions({
    queryKey: ["red", subject, step, by ?? null, window ?? null, from ?? null, to ?? null],
    queryFn: ({ signal }) =>
      readApi("/api/red", { subject, step, by: by ?? null, window: window ?? null, from: from ?? null, to: to ?? null }, RedAnswer, signal),
    // A stretch that has ended does not change any more.
    refetchInterval: typeof to === "string" ? false : REFRESH_MS,
  });
}

export function servicesQuery(window: string) {
  return queryOptions({
    queryKey: ["services", window],
    queryFn: ({ signal }) => readApiList("/api/services", { window }, ServiceList, signal),
    refetchInterval: REFRESH_MS,
  });
}

export function serviceQuery(id: string, window: string) {
  return queryOptions({
    queryKey: ["service", id, window],
    queryFn: ({ signal }) => readApi("/api/service", { id, window }, ServiceDetail, signal),
    refetchInterval: REFRESH_MS,
    enabled: id !== "",
  });
}

export function routesQuery() {
  return queryOptions({
    queryKey: ["routes"],
    queryFn: ({ signal }) => readApiList("/api/routes", {}, RouteList, signal),
    refetchInterval: SLOW_REFRESH_MS,
  });
}

export function routeQuery(id: string) {
  return queryOptions({
    queryKey: ["route", id],
    queryFn: ({ signal }) => readApi("/api/route", { id }, Route, signal),
    refetchInterval: REFRESH_MS,
    enabled: id !== "",
  });
}

/** Plans do not change: they are there, or gone after fifteen minutes or a restart. */
export function planQuery(id: string) {
  return queryOptions({
    queryKey: ["plan", id],
    queryFn: ({ signal }) => readApi("/api/plan", { id }, Plan, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: id !== "",
  });
}

export function changesQuery(filter: { routeId?: string; target?: string; objectId?: string } = {}) {
  const { routeId, target, objectId } = filter;
  return queryOptions({
    queryKey: ["changes", routeId ?? null, target ?? null, objectId ?? null],
    queryFn: ({ signal }) => readApiList("/api/changes", { routeId, target, objectId }, ChangeList, signal),
    refetchInterval: SLOW_REFRESH_MS,
  });
}

export function changeQuery(id: string) {
  return queryOptions({
    queryKey: ["change", id],
    queryFn: ({ signal }) => readApi("/api/change", { id }, Change, signal),
    refetchInterval: REFRESH_MS,
    enabled: id !== "",
  });
}

export function proxiesQuery() {
  return queryOptions({
    queryKey: ["proxies"],
    queryFn: ({ signal }) => readApiList("/api/proxies", {}, ProxyList, signal),
    refetchInterval: REFRESH_MS,
  });
}

export function proxyQuery(id: string) {
  return queryOptions({
    queryKey: ["proxy", id],
    queryFn: ({ signal }) => readApi("/api/proxy", { id }, ProxyView, signal),
    refetchInterval: SLOW_REFRESH_MS,
    enabled: id !== "",
  });
}

export function sourcesQuery() {
  return queryOptions({
    queryKey: ["sources"],
    queryFn: ({ signal }) => readApi("/api/sources", {}, SourceList, signal),
    refetchInterval: SLOW_REFRESH_MS,
  });
}

export function sessionQuery() {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => readPlain("/api/session", Session, signal),
    staleTime: 5 * 60_000,
  });
}
