import type { TimeWindow } from "#lib/model/red.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";

/** Windows longer than this may be widened by the store to its coarse steps. */
const FINE_REACH_MS = 240_000;
const FINE_STEP_MS = 1_000;
/** The finest steps that every source keeps: a window that begins between two of them is widened to its step. */
export const COARSE_STEP_MS = 10_000;

/**
 * When counting may start: the last proof, plus what an old request may still take, plus the time before it that one report
 * can cover.
 */
export function observedFromMs(record: Pick<ChangeRecord, "settleMs">, provenMs: number, reportMs: number): number {
  return provenMs + record.settleMs + reportMs;
}

/** What can be counted of a change by now, from a whole step of the store on; `null` before the first step is over. */
export function observedWindow(
  record: Pick<ChangeRecord, "settleMs">,
  at: { provenMs: number; nowMs: number; reportMs: number },
  finestMs: number = FINE_STEP_MS,
): TimeWindow | null {
  const exactMs = observedFromMs(record, at.provenMs, at.reportMs);
  const stepMs = at.nowMs - exactMs > FINE_REACH_MS ? COARSE_STEP_MS : finestMs;
  const fromMs = Math.ceil(exactMs / stepMs) * stepMs;
  const toMs = Math.floor(at.nowMs / FINE_STEP_MS) * FINE_STEP_MS;
  return toMs > fromMs ? { fromMs, toMs } : null;
}
