import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { mapSourced, type Sourced } from "#lib/model/evidence.ts";
import { findTraces } from "#lib/usecases/find-traces.ts";
import { getDifferences } from "#lib/usecases/get-differences.ts";
import { exportTrace, getTrace } from "#lib/usecases/get-trace.ts";
import { listExemplars } from "#lib/usecases/list-exemplars.ts";
import { listOperations } from "#lib/usecases/list-operations.ts";
import { listTraceServices } from "#lib/usecases/list-trace-services.ts";

import { bind, parseInput } from "../http/bind.ts";
import { sendProblem } from "../http/problem.ts";
import type { Runtime } from "../runtime.ts";

/** A whole list as its only page. */
function whole<T>(answer: Result<Sourced<T[]>>): Result<Sourced<{ items: T[]; total: number; next: null }>> {
  return answer.ok ? ok(mapSourced(answer.value, (items) => ({ items, total: items.length, next: null }))) : answer;
}

/** Conditions as the API spells them, in the words of the verbs. */
function conditionsOf<T extends { window: number; from?: number | undefined; to?: number | undefined }>({ window, from, to, ...rest }: T) {
  return { ...rest, windowMs: window, fromMs: from, toMs: to };
}

/** Every read of traces. Each handler is one verb; nothing is decided here. */
export function addTraces(app: FastifyInstance, { context }: Runtime): void {
  bind(app, endpoints.findTraces, ({ query }) => findTraces(context, conditionsOf(query)));
  bind(app, endpoints.getTrace, ({ query }) => getTrace(context, query));
  bind(app, endpoints.listTraceServices, async ({ query }) => whole(await listTraceServices(context, query)));
  bind(app, endpoints.getDifferences, ({ query }) =>
    getDifferences(context, {
      ...conditionsOf(query),
      selection: {
        version: query.selVersion,
        status: query.selStatus,
        minMs: query.selMinMs,
        maxMs: query.selMaxMs,
        q: query.selQ,
        fromMs: query.selFrom,
        toMs: query.selTo,
      },
    }),
  );
  bind(app, endpoints.listOperations, async ({ query }) =>
    whole(await listOperations(context, { service: query.id, windowMs: query.window, atMs: query.at })),
  );
  bind(app, endpoints.listExemplars, async ({ query }) => whole(await listExemplars(context, { ...conditionsOf(query) })));
  addExport(app, context);
}

/** A file to keep rather than an answer to read: the text goes out as the archive gives it. */
function addExport(app: FastifyInstance, context: Runtime["context"]): void {
  const { method, path, query: schema } = endpoints.exportTrace;
  app.route({
    method,
    url: path,
    handler: async (request, reply) => {
      const query = parseInput(schema, request.query, `See ${path} in /api/openapi.json`);
      const answer = await exportTrace(context, query);
      if (!answer.ok) return sendProblem(reply, answer.error);
      return reply
        .header("Cache-Control", "no-store")
        .header("Content-Disposition", `attachment; filename="trace-${query.id}.json"`)
        .type("application/json")
        .send(answer.value);
    },
  });
}
