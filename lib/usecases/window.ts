import type { TimeWindow } from "#lib/model/red.ts";
import type { Clock } from "#lib/ports/time.ts";

const STEP_MS = 1_000;

/** The last whole second: the one that is still running has not been reported by every proxy yet and would read too low. */
function newestMs(clock: Clock): number {
  return Math.floor(clock.nowMs() / STEP_MS) * STEP_MS;
}

/** Whether a window that ends at this instant ends before now; left out = now. */
export function isPast(clock: Clock, atMs: number | undefined): atMs is number {
  return atMs !== undefined && atMs < newestMs(clock);
}

/** The window that ends now or at a given instant. It never reaches beyond now: what has not come yet would read as no traffic. */
export function liveWindow(clock: Clock, lengthMs: number, atMs?: number): TimeWindow {
  const toMs = isPast(clock, atMs) ? atMs : newestMs(clock);
  return { fromMs: toMs - lengthMs, toMs };
}
