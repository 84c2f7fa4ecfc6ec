import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";
import { ok } from "#lib/model/errors.ts";
import { SPANS_ID, type SourceStatus } from "#lib/model/source.ts";

import { bind } from "../http/bind.ts";
import { buildOpenApi } from "../http/openapi.ts";
import type { Sessions } from "../http/sessions.ts";
import type { Runtime } from "../runtime.ts";
import type { Telemetry } from "../telemetry/metrics.ts";
import { sourceStatuses } from "./reads.ts";

const VERSION = "0.1.0";

export interface MetaOptions {
  runtime: Runtime;
  sessions: Sessions;
  telemetry: Telemetry;
  isReadOnly: boolean;
  meshName?: string | undefined;
}

/** What is about Weft itself: session, health, metrics, the description of the API. */
export function addMeta(app: FastifyInstance, options: MetaOptions): void {
  const { runtime, sessions, telemetry, isReadOnly, meshName } = options;
  const openApi = JSON.stringify(buildOpenApi(VERSION));
  bind(app, endpoints.getSession, async ({ request }) =>
    ok({
      actor: runtime.context.actor,
      csrfToken: sessions.tokenFor(request.headers.cookie),
      readOnly: isReadOnly,
      ...(meshName === undefined ? {} : { mesh: meshName }),
    }),
  );
  app.get("/api/openapi.json", async (_request, reply) => reply.type("application/json").send(openApi));
  app.get("/healthz", async () => ({ status: "up" }));
  app.get("/readyz", async (_request, reply) => {
    const sources = sourceStatuses(runtime).map(({ id, state, coverage, lastError }) => ({ id, state, coverage, reason: lastError }));
    const isReady = isMapWhole(runtime);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not ready", sources });
  });
  app.get("/metrics", async (_request, reply) => reply.type(telemetry.contentType).send(await telemetry.page()));
}

/**
 * Whether the map can be drawn from what Weft reads by itself, or from the stores where they are all that it has. Stores beside
 * proxies, and places that are only asked for traces, come and go; without them the map is whole enough.
 */
function isMapWhole({ options }: Runtime): boolean {
  const feeds = options.sources.feeds.map((feed) => feed.status());
  if (!feeds.every(isAnswering)) return false;
  const stores = options.stores?.() ?? [];
  const isTold = stores.length === 0 || feeds.some(({ id, newestData }) => id !== SPANS_ID || newestData !== null);
  return isTold || stores.some((store) => store.statuses().some(isAnswering));
}

function isAnswering({ state }: SourceStatus): boolean {
  return state === "healthy" || state === "degraded";
}
