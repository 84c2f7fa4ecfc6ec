import { Problem } from "#lib/contract/envelope.ts";
import type { ErrorCode } from "#lib/model/errors.ts";

/** Weft's own codes, and two that only the browser knows: no answer at all, and one it cannot read. */
export type ApiProblemCode = ErrorCode | "OFFLINE" | "UNREADABLE";

/** A call that failed, in words that may be shown. `status` is 0 when no answer came. */
export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  readonly status: number;
  readonly field: string | null;
  readonly mend: string | null;

  constructor(
    code: ApiProblemCode,
    message: string,
    details: { status?: number; field?: string | null; mend?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = "ApiProblem";
    this.code = code;
    this.status = details.status ?? 0;
    this.field = details.field ?? null;
    this.mend = details.mend ?? null;
  }
}

const RETRYABLE: readonly ApiProblemCode[] = ["OFFLINE", "TIMEOUT", "SOURCE_UNREACHABLE", "INTERNAL"];

/** Whether the same read may succeed a little later without anybody doing anything. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ApiProblem && RETRYABLE.includes(error.code);
}

/** Any thrown thing as a problem, so that a panel has one shape to show. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem("UNREADABLE", "This page ran into an error of its own.", {
    mend: "Reload the page; if it stays, report it with the address above.",
    cause: error,
  });
}

export function offlineProblem(cause: unknown): ApiProblem {
  return new ApiProblem("OFFLINE", "Weft does not answer.", {
    mend: "Check that weft is still running where you started it.",
    cause,
  });
}

export function unreadableProblem(path: string, status: number, cause?: unknown): ApiProblem {
  return new ApiProblem("UNREADABLE", `Weft answered ${path} with something this page cannot read.`, {
    status,
    mend: "Reload the page: it may be older than the server.",
    cause,
  });
}

/** Reads an error answer: problem+json where it is one, else a plain sentence with the status. */
export function problemFromAnswer(path: string, status: number, body: unknown): ApiProblem {
  const parsed = Problem.safeParse(body);
  if (!parsed.success) return unreadableProblem(path, status);
  const { code, detail, field, mend } = parsed.data;
  return new ApiProblem(code, detail, { status, field, mend });
}
