import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";
import { exportSecurity } from "#lib/usecases/export-security.ts";
import { getSecurity } from "#lib/usecases/get-security.ts";
import { getWhatIf } from "#lib/usecases/get-what-if.ts";

import { bind, parseInput } from "../http/bind.ts";
import { sendProblem } from "../http/problem.ts";
import type { Runtime } from "../runtime.ts";

/** Every read of identities, transport and rights. Each handler is one verb; nothing is decided here. */
export function addSecurity(app: FastifyInstance, { context }: Runtime): void {
  bind(app, endpoints.getSecurity, ({ query }) => getSecurity(context, { windowMs: query.window, namespaces: query.namespaces }));
  bind(app, endpoints.getWhatIf, ({ query }) => getWhatIf(context, query.scope));
  addExport(app, context);
}

/** A file to keep rather than an answer to read: the text goes out as the verb gives it. */
function addExport(app: FastifyInstance, context: Runtime["context"]): void {
  const { method, path, query: schema } = endpoints.exportSecurity;
  app.route({
    method,
    url: path,
    handler: async (request, reply) => {
      const { window: windowMs, ...query } = parseInput(schema, request.query, `See ${path} in /api/openapi.json`);
      const answer = await exportSecurity(context, { ...query, windowMs });
      if (!answer.ok) return sendProblem(reply, answer.error);
      return reply
        .header("Cache-Control", "no-store")
        .header("Content-Disposition", `attachment; filename="${answer.value.fileName}"`)
        .type(answer.value.mediaType)
        .send(answer.value.text);
    },
  });
}
