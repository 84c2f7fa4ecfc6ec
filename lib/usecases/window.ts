import type { TimeWindow } from "#lib/model/red.ts";
import type { Clock } from "#lib/ports/time.ts";

const STEP_MS = 1_000;

/**
 * The window that ends now or at a given instant. "Now" is the last whole second: the second that is still running
 * has not been reported by every proxy yet and would read too low.
 */
export function liveWindow(clock: Clock, lengthMs: number, atMs?: number): TimeWindow {
  const toMs = atMs ?? Math.floor(clock.nowMs() / STEP_MS) * STEP_MS;
  return { fromMs: toMs - lengthMs, toMs };
}
