import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

import type { Problem } from "#lib/contract/envelope.ts";
import { type ErrorCode, WeftError } from "#lib/model/errors.ts";

import { securityHeaders } from "./guards.ts";

const STATUS: Record<ErrorCode, number> = {
  NOT_FOUND: 404,
  INVALID: 400,
  FORBIDDEN: 403,
  CONFLICT: 409,
  SOURCE_UNREACHABLE: 502,
  SOURCE_REFUSED: 502,
  SOURCE_MALFORMED: 502,
  TIMEOUT: 504,
  UNSUPPORTED: 422,
  INTERNAL: 500,
};

const TITLE: Record<ErrorCode, string> = {
  NOT_FOUND: "Not found",
  INVALID: "Not valid",
  FORBIDDEN: "Not allowed",
  CONFLICT: "Changed meanwhile",
  SOURCE_UNREACHABLE: "A source does not answer",
  SOURCE_REFUSED: "A source refused",
  SOURCE_MALFORMED: "A source answered nonsense",
  TIMEOUT: "A source took too long",
  UNSUPPORTED: "Not supported",
  INTERNAL: "Internal error",
};

/** RFC 9457 problem of an error. Only a WeftError's text is shown: any other may hold what no reader should see. */
export function toProblem(error: unknown): Problem {
  const known =
    error instanceof WeftError
      ? error
      : new WeftError("INTERNAL", "Something in Weft went wrong", { mend: "Try again; Weft's own log has the reason" });
  return {
    type: "about:blank",
    title: TITLE[known.code],
    status: STATUS[known.code],
    code: known.code,
    detail: known.message,
    field: known.field,
    mend: known.mend,
  };
}

/** `status` where the protocol has a closer one than the code's own; the body says the same. */
export function sendProblem(reply: FastifyReply, error: unknown, status?: number): FastifyReply {
  const problem = toProblem(error);
  if (status !== undefined) problem.status = status;
  return reply.code(problem.status).header("Cache-Control", "no-store").type("application/problem+json").send(problem);
}

/** What the router itself cannot read reaches no hook and no handler. */
export function handleUnreadableUrl(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(securityHeaders(request.url));
  void sendProblem(
    reply,
    new WeftError("INVALID", "The address cannot be read", { mend: "Spell it as UTF-8, with % only before two hexadecimal digits" }),
  );
}

/** The framework's own refusals (bad JSON, too large) in Weft's words; anything else is internal and logged. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof WeftError) return sendProblem(reply, error);
  const status = error.statusCode ?? 500;
  if (status === 413) {
    return sendProblem(
      reply,
      new WeftError("INVALID", "The body is larger than 64 KiB", { field: "body", mend: "Send only the fields of the call" }),
      status,
    );
  }
  if (status >= 400 && status < 500) {
    return sendProblem(
      reply,
      new WeftError("INVALID", "The body is not valid JSON", {
        field: "body",
        mend: "Send a JSON object with the content type application/json",
      }),
      status,
    );
  }
  request.log.error({ err: error }, "unhandled error");
  return sendProblem(reply, error);
}
