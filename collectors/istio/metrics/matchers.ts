import type { DialectAsk } from "#collectors/shared/promql/dialect.ts";
import { escapeRegex, type Matcher } from "#collectors/shared/promql/expression.ts";
import { parseNodeId } from "#lib/model/ids.ts";

/** Both see a request where it arrives. */
export const ARRIVED: Matcher = { label: "reporter", op: "=~", value: "destination|waypoint" };
export const SENT: Matcher = { label: "reporter", op: "=", value: "source" };
/**
 * Without mutual TLS a caller does not learn whom it speaks to. A destination without a proxy of its own is always among
 * these, so that only this part of what callers tell has to be asked for. A label that was taken away matches too.
 */
export const NO_PRINCIPAL: Matcher = { label: "destination_principal", op: "=~", value: "unknown|" };
/** No endpoint, connect failure, overflow, no such cluster, failed on purpose at its caller: the request reached nobody. */
export const LOST: Matcher = {
  label: "response_flags",
  op: "=~",
  value: "(.*,)?(UH|UF|UO|NC|NR|FI|CONNECT|TLS_FAILURE|H2_HANDSHAKE_FAILURE)(,.*)?",
};

/** The results that `isFailed` takes for failures, and what `flagsOf` finds something in: the law is in the tests. */
const FAILED: Matcher = { label: "response_code", op: "=~", value: "0|5[0-9][0-9]" };
const FAILED_GRPC: Matcher = { label: "grpc_response_status", op: "=~", value: "2|4|8|12|13|14|15" };
const FLAGGED: Matcher = { label: "response_flags", op: "!~", value: "-|unknown|" };

/** Matches just what the other one does not. */
export function not(matcher: Matcher): Matcher {
  const inverse = { "=": "!=", "!=": "=", "=~": "!~", "!~": "=~" } as const;
  return { ...matcher, op: inverse[matcher.op] };
}

/** Parts of all series that no series is in two of: those that each matcher is the first to match, and the rest. */
export function partition(matchers: readonly Matcher[]): { parts: Matcher[][]; rest: Matcher[] } {
  const rest = matchers.map(not);
  return { parts: matchers.map((matcher, index) => [...rest.slice(0, index), matcher]), rest };
}

/** Requests whose result has to be told apart, by what tells it; `rest` went well. */
export const REQUEST_OUTCOMES = partition([FAILED, FAILED_GRPC, FLAGGED]);
export const CONNECTION_OUTCOMES = partition([FLAGGED]);

/**
 * Halves of a large answer, by how a name ends, of which a store that works at one question with one core makes two at a time. They
 * need not be equal.
 */
const HALF: Matcher = { label: "destination_canonical_service", op: "=~", value: ".*[g-r0-4]" };
export const HALVES: readonly Matcher[] = [HALF, not(HALF)];

/** Labels without which an end can only be found by others. The last one names the host that callers know. */
const NAMING = ["destination_canonical_service", "destination_workload_namespace", "source_canonical_service", "destination_service"];
const UNNAMED = partition(NAMING.map((label): Matcher => ({ label, op: "=~", value: "unknown|" }))).parts;

/** Series that lack a name, by the first label that does not tell it. */
export const UNNAMED_SERIES = NAMING.map((lacking, index) => ({ lacking, matchers: UNNAMED[index] ?? [] }));

/**
 * What the labels allow of what was selected. A peer that could not be named, or whose label was taken away, may be any:
 * it stays in, and is filtered after it was folded.
 */
export function narrowed({ select }: DialectAsk): Matcher[] {
  return [
    ...namedOrUnknown("source_canonical_service", select?.sources),
    ...namedOrUnknown("destination_canonical_service", select?.targets),
  ];
}

function namedOrUnknown(label: string, ids: readonly string[] | undefined): Matcher[] {
  const nodes = (ids ?? []).map(parseNodeId);
  if (nodes.length === 0 || nodes.some(({ kind }) => kind !== "service")) return [];
  const names = [...new Set(nodes.map(({ service }) => escapeRegex(service)))];
  return [{ label, op: "=~", value: [...names, "unknown", ""].join("|") }];
}
