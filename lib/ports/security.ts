import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { RefusedConnections, SecurityFacts } from "#lib/model/security-facts.ts";

/**
 * What a source tells of who is who and how they talk. `null` as the beginning of a window means as far as it remembers.
 * Errors are those of the source; one that only lost some proxies answers with `partial` and notices.
 */
export interface SecuritySource {
  readonly id: string;
  /** A report covers at most this much time before the instant that it is booked at, milliseconds. */
  readonly reportMs: number;
  security(window: { fromMs: number | null; toMs: number }, signal?: AbortSignal): Promise<Result<Sourced<SecurityFacts>>>;
  /** The refused connections of a window alone: cheap, for a view that is drawn every two seconds. */
  refusals(window: TimeWindow): readonly RefusedConnections[];
}
