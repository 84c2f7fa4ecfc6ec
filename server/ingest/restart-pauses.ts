const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** What lived this long was well: the next pause is the first one again. */
const WELL_AFTER_MS = 60_000;

/** How long to wait before something that died is started again: twice as long each time, up to a bound. */
export class RestartPauses {
  private nextMs = FIRST_MS;

  /** The pause after a life of `livedMs`. */
  next(livedMs: number): number {
    const pauseMs = livedMs >= WELL_AFTER_MS ? FIRST_MS : this.nextMs;
    this.nextMs = Math.min(LONGEST_MS, pauseMs * 2);
    return pauseMs;
  }
}
