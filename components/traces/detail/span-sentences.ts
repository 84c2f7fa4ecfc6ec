import { formatDuration } from "#lib/client/format.ts";
import type { Span } from "#lib/model/trace.ts";
import { explainFlag } from "#lib/traces/flag-words.ts";
import { grpcStatusOf, httpStatusOf, responseFlagsOf, retryOf } from "#lib/traces/span-facts.ts";

const LEAST_FAILING = 400;

/** What went wrong in a span, or was odd about it, in sentences; empty = nothing to say. */
export function spanSentences(span: Span): string[] {
  const said: string[] = [];
  const http = httpStatusOf(span);
  const grpc = grpcStatusOf(span);
  if (http !== null && (span.isError || http >= LEAST_FAILING))
    said.push(`It answered HTTP ${http} after ${formatDuration(span.durationMs)}.`);
  if (grpc !== null && grpc !== 0) said.push(`It answered gRPC status ${grpc} after ${formatDuration(span.durationMs)}.`);
  for (const flag of responseFlagsOf(span)) {
    const { meaning } = explainFlag(flag);
    said.push(meaning === null ? `Flag ${flag}.` : `${meaning.replace(/\.$/, "")} (flag ${flag}).`);
  }
  const message = span.statusMessage?.trim() ?? "";
  if (message !== "") said.push(`The sender said: ${message}`);
  if (span.isError && said.length === 0) said.push("The sender marked it as failed and gave no reason.");
  const retry = retryOf(span);
  if (retry !== null) said.push(`This is retry ${retry} of the request.`);
  return said;
}
