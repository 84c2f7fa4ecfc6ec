import { keepPreviousData, queryOptions } from "@tanstack/react-query";

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
import type { Sourced } from "#lib/model/evidence.ts";
import { MeshGraph } from "#lib/model/graph.ts";
import { Plan, Route } from "#lib/model/routing.ts";

import { readApi, readApiList, readPlain } from "./api-client.ts";

/** How often a table or chart asks again while it is looked at. The map does not ask: it rides the live stream. */
const REFRESH_MS = 5_000;
const SLOW_REFRESH_MS = 10_000;
/** How soon what a source still owes is asked for again. */
const PENDING_MS = 2_000;
/** How soon a source that refused or failed is asked again: twice as late each time, for it may have more to do than it can. */
const FAILED_MS = 5_000;
const FAILED_MOST_MS = 60_000;

/** What the top bar chose: `window` as in the address (`60s`), `namespaces` empty for all. */
export interface View {
  window: string;
  namespaces: readonly string[];
}

/**
 * How often a read of a window asks again. One that has ended does not change any more, but for what its source still
 * owes and says so (quantiles and steps come after the counts), and for what a source refused or failed to tell.
 */
function refreshOf(at: string | null, liveMs: number | false) {
  return ({ state }: { state: { data: Sourced<unknown> | undefined; dataUpdateCount: number } }): number | false => {
    if (at === null) return liveMs;
    const notices = state.data?.notices ?? [];
    if (notices.some(({ code }) => code.endsWith("-pending"))) return PENDING_MS;
    if (!notices.some(({ level }) => level === "error")) return false;
    return Math.min(FAILED_MS * 2 ** Math.max(0, state.dataUpdateCount - 1), FAILED_MOST_MS);
  };
}

/** The mesh graph of the view; `at` = the end of its window, `null` = now. */
export function graphQuery(view: View, at: string | null = null) {
  return queryOptions({
    queryKey: ["graph", view.window, view.namespaces.toSorted().join(","), at],
    queryFn: ({ signal }) => readApi("/api/graph", { window: view.window, at, namespaces: view.namespaces.toSorted() }, MeshGraph, signal),
    // The stream replaces the live one every two seconds; a second reader would only undo what came meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: refreshOf(at, false),
  });
}

/** A stretch of RED: either the last `window`, or, where `from` is given, from that instant on (`to` null = now). Times are ISO. */
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
    refetchInterval: refreshOf(to ?? null, REFRESH_MS),
    // A chart names its own times: the one before may stand until the next is there, if it is of the same thing.
    placeholderData: (before, query) => (query?.queryKey[1] === subject && query.queryKey[3] === (by ?? null) ? before : undefined),
  });
}

/**
 * The services of a window that ends at `at`; `null` = now. Of namespaces those on the map of them, peers among them; none = all. While
 * another moment is read, the rows of the one before stay.
 */
export function servicesQuery(window: string, at: string | null = null, namespaces: readonly string[] = []) {
  const names = namespaces.toSorted();
  return queryOptions({
    queryKey: ["services", window, at, names.join(",")],
    queryFn: ({ signal }) => readApiList("/api/services", { window, at, namespaces: names }, ServiceList, signal),
    refetchInterval: refreshOf(at, REFRESH_MS),
    placeholderData: keepPreviousData,
  });
}

/** One service over a window that ends at `at`; `null` = now. */
export function serviceQuery(id: string, window: string, at: string | null = null) {
  return queryOptions({
    queryKey: ["service", id, window, at],
    queryFn: ({ signal }) => readApi("/api/service", { id, window, at }, ServiceDetail, signal),
    refetchInterval: refreshOf(at, REFRESH_MS),
    enabled: id !== "",
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
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
