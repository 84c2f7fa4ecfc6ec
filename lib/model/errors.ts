import { z } from "zod";

/** The closed set of error codes. The server maps each once to an HTTP status. */
export const ErrorCode = z.enum([
  "NOT_FOUND",
  "INVALID",
  "FORBIDDEN",
  "CONFLICT",
  "SOURCE_UNREACHABLE",
  "SOURCE_REFUSED",
  "SOURCE_MALFORMED",
  "TIMEOUT",
  "UNSUPPORTED",
  "INTERNAL",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

interface WeftErrorOptions {
  /** Path of the field that is wrong, as the caller spelled it. */
  field?: string;
  /** What the reader can do about it, in one sentence. */
  mend?: string;
  /** Whether the same call may succeed later without a change. */
  isRetryable?: boolean;
  sourceId?: string;
  cause?: unknown;
}

/** An expected failure: it carries what is wrong, where, and how to mend it, and is safe to show. */
export class WeftError extends Error {
  readonly code: ErrorCode;
  readonly field: string | null;
  readonly mend: string | null;
  readonly isRetryable: boolean;
  readonly sourceId: string | null;

  constructor(code: ErrorCode, message: string, options: WeftErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "WeftError";
    this.code = code;
    this.field = options.field ?? null;
    this.mend = options.mend ?? null;
    this.isRetryable = options.isRetryable ?? false;
    this.sourceId = options.sourceId ?? null;
  }
}

/** What a port or the domain returns for things that go wrong in normal life. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: WeftError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function err(error: WeftError): { ok: false; error: WeftError } {
  return { ok: false, error };
}
