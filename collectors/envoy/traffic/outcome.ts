/** How a request ended, as the proxy tells it. */
export interface RequestOutcome {
  code: number | null;
  flags: readonly string[];
  grpc: number | null;
}

/** UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const GRPC_ERRORS = new Set([2, 4, 8, 12, 13, 14, 15]);

/** The caller went away: its connection ended, or it reset the stream. */
const GIVEN_UP = new Set(["DC", "DR"]);

/** No upstream got it: no healthy one, no connection, a breaker was open, no such upstream. */
const NEVER_ARRIVED = new Set(["UH", "UF", "UO", "NC"]);

/** HTTP 5xx, a gRPC status that means a failing server, or the caller gave up. */
export function isError({ code, flags, grpc }: RequestOutcome): boolean {
  if (code === 0 || flags.some((flag) => GIVEN_UP.has(flag))) return true;
  return (grpc !== null && GRPC_ERRORS.has(grpc)) || (code !== null && code >= 500);
}

/**
 * Whether the caller's proxy could hand the request to nobody. `URX` beside one of these flags means that the last of
 * several attempts found nobody; an earlier one may have arrived (only where the route retries on answers), which
 * nothing tells. It counts as never arrived all the same.
 */
export function isNeverArrived(flags: readonly string[]): boolean {
  return flags.some((flag) => NEVER_ARRIVED.has(flag));
}
