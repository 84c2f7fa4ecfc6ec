import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";
import { err, ok, WeftError } from "#lib/model/errors.ts";
import { mapSourced, type Sourced, weakerCoverage } from "#lib/model/evidence.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import { findRoute } from "#lib/usecases/find-target.ts";
import { getGraph } from "#lib/usecases/get-graph.ts";
import { getRed } from "#lib/usecases/get-red.ts";
import { getService, listServices } from "#lib/usecases/get-service.ts";
import { listRoutes } from "#lib/usecases/list-routes.ts";
import { readTopology } from "#lib/usecases/read-topology.ts";

import { bind } from "../http/bind.ts";
import type { Runtime } from "../runtime.ts";

interface Paging {
  limit: number;
  next?: string | undefined;
}

/** One page of a list; `next` is an offset, opaque to clients. */
function pageOf<T>(items: readonly T[], { limit, next }: Paging): { items: T[]; total: number; next: string | null } {
  const offset = Number(next ?? "0");
  const end = offset + limit;
  return { items: items.slice(offset, end), total: items.length, next: end < items.length ? String(end) : null };
}

/** Facts that Weft keeps itself: whole, and as old as the process. */
function ownFacts<T>(runtime: Runtime, query: string, value: T): Sourced<T> {
  const observedAt = new Date(runtime.options.clock.nowMs()).toISOString();
  return { value, provenance: [{ source: "weft", kind: "journal", query, observedAt }], notices: [], coverage: "complete" };
}

export function sourceStatuses(runtime: Runtime): SourceStatus[] {
  const { sources, stores, configuration } = runtime.options;
  const file = configuration?.() ?? null;
  return [
    ...sources.feeds.map((feed) => feed.status()),
    ...(stores?.() ?? []).flatMap((store) => store.statuses()),
    ...sources.traces.map((source) => source.status()),
    ...(file === null ? [] : [file]),
  ];
}

/** Every read of the API. Each handler is one verb; nothing is decided here. */
export function addReads(app: FastifyInstance, runtime: Runtime): void {
  const { context } = runtime;
  bind(app, endpoints.getGraph, ({ query, signal }) =>
    getGraph({ ...context, signal }, { windowMs: query.window, atMs: query.at, namespaces: query.namespaces }),
  );
  bind(app, endpoints.getRed, ({ query, signal }) =>
    getRed(
      { ...context, signal },
      {
        subject: query.subject,
        fromMs: query.from,
        toMs: query.to,
        windowMs: query.window,
        stepMs: query.step,
        by: query.by,
      },
    ),
  );
  bind(app, endpoints.listServices, async ({ query, signal }) => {
    const services = await listServices({ ...context, signal }, query.window, query.at, query.namespaces);
    return services.ok ? ok(mapSourced(services.value, (items) => pageOf(items, query))) : services;
  });
  bind(app, endpoints.getService, ({ query, signal }) => getService({ ...context, signal }, query.id, query.window, query.at));
  bind(app, endpoints.listRoutes, async ({ query }) => ok(mapSourced(await listRoutes(context), (items) => pageOf(items, query))));
  bind(app, endpoints.getRoute, async ({ query }) => {
    const found = await findRoute(context, query.id);
    return found.ok ? ok(found.value.route) : found;
  });
  bind(app, endpoints.getPlan, async ({ query }) => {
    const found = context.desk.plans.find(query.id);
    return found.ok ? ok(ownFacts(runtime, "plans in memory", found.value.plan)) : found;
  });
  bind(app, endpoints.listChanges, async ({ query }) => {
    const changes = context.log
      .list()
      .filter(
        (change) =>
          (query.routeId === undefined || (change.kind === "split" && change.routeId === query.routeId)) &&
          (query.objectId === undefined || change.objectId === query.objectId) &&
          (query.target === undefined || change.target === query.target),
      );
    return ok(ownFacts(runtime, "journal of changes", pageOf(changes, query)));
  });
  bind(app, endpoints.getChange, async ({ query }) => {
    const change = context.log.get(query.id);
    if (change !== undefined) return ok(ownFacts(runtime, "journal of changes", change));
    return err(
      new WeftError("NOT_FOUND", `There is no change ${query.id}`, { field: "id", mend: "Choose a change from the Changes page" }),
    );
  });
  bind(app, endpoints.listProxies, async ({ query }) =>
    ok(mapSourced(await readTopology(context), ({ proxies }) => pageOf(proxies, query))),
  );
  bind(app, endpoints.getProxy, async ({ query }) => {
    for (const source of context.sources.topology) {
      const proxy = await source.proxy(query.id);
      if (proxy.ok || proxy.error.code !== "NOT_FOUND") return proxy;
    }
    return err(new WeftError("NOT_FOUND", `There is no proxy ${query.id}`, { field: "id", mend: "Choose a proxy from the Proxies page" }));
  });
  bind(app, endpoints.listSources, async () => {
    const items = sourceStatuses(runtime);
    const coverage = items.every((item) => item.state === "healthy") ? "complete" : "partial";
    const facts = ownFacts(runtime, "state of each source", pageOf(items, { limit: 1_000 }));
    return ok({ ...facts, coverage: weakerCoverage(facts.coverage, coverage) });
  });
}
