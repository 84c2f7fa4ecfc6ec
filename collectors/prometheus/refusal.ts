import { WeftError } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import { ErrorEnvelope } from "./wire.ts";

/** Where a question is too heavy, less of it may pass. */
const SHORTER = "Ask for a shorter window, or raise the store's limits (query.timeout, query.max-samples).";

/** The store's own reason for not answering, named; `null` = the body is not its own, so that something else answered. */
export function refusalOf(id: string, path: string, status: number, text: string): WeftError | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const envelope = ErrorEnvelope.safeParse(json);
  if (!envelope.success) return null;
  const { errorType = status, error } = envelope.data;
  const type = printable(String(errorType));
  const reason = printable(error.replace(/\s+/g, " ").trim());
  const what =
    type === "timeout"
      ? "gave up a question that took too long"
      : type === "execution" || status === 422
        ? "could not work out a question"
        : `refused a question (${type}, ${status})`;
  const isTooFine = error.includes("maximum resolution");
  const isHeavy = status === 503 || status === 422 || isTooFine;
  return new WeftError("SOURCE_REFUSED", `${id} ${what}: ${reason}${reason.endsWith(".") ? "" : "."}`, {
    sourceId: id,
    isRetryable: status >= 500,
    mend: isHeavy ? SHORTER : `Check queryScope and the extra parameters of ${id}; it was asked at ${path}.`,
  });
}
