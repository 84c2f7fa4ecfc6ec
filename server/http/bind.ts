import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";

import type { Endpoint } from "#lib/contract/endpoints.ts";
import { type Result, WeftError } from "#lib/model/errors.ts";

import { sendProblem } from "./problem.ts";

/** Checks input against a schema; the error names the first field that is wrong, why, and what is expected. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown, mend: string): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new WeftError("INVALID", `${field === "" ? "The input" : field}: ${issue?.message ?? "not valid"}`, {
    ...(field === "" ? {} : { field }),
    mend,
  });
}

export interface BoundCall<E extends Endpoint> {
  query: z.output<E["query"]>;
  body: E["body"] extends z.ZodType ? z.output<E["body"]> : undefined;
  request: FastifyRequest;
  /** Aborts when the client goes away before it has its answer. Writes must not heed it: what was begun is finished. */
  signal: AbortSignal;
}

function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Puts a handler behind an endpoint of the contract: input checked before, errors as problems after. */
export function bind<E extends Endpoint>(
  app: FastifyInstance,
  endpoint: E,
  handle: (call: BoundCall<E>) => Promise<Result<z.input<E["value"]>>>,
): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    handler: async (request, reply) => {
      const query: z.output<E["query"]> = parseInput(
        endpoint.query,
        request.query,
        `See ${endpoint.path} in /api/openapi.json`,
      ) as z.output<E["query"]>;
      const body = (
        endpoint.body === undefined ? undefined : parseInput(endpoint.body, request.body, `See ${endpoint.path} in /api/openapi.json`)
      ) as BoundCall<E>["body"];
      const answer = await handle({ query, body, request, signal: signalOf(reply) });
      void reply.header("Cache-Control", "no-store");
      if (!answer.ok) return sendProblem(reply, answer.error);
      return reply.code(endpoint.status ?? 200).send(answer.value);
    },
  });
}
