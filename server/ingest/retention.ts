import type { SpanStore } from "#lib/ports/span-store.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

const EVERY_MS = 1_000;
/** Requests wait while it works: so long at a time, and as long a pause before it goes on. */
const LONGEST_MS = 20;

export interface RetentionParts {
  store: Pick<SpanStore, "retain">;
  clock: Clock;
  scheduler: Scheduler;
}

/** Lets the store remove what is beyond its bounds, in steps between commits. `isWorking` = there is more to remove. */
export function startRetention({ store, clock, scheduler }: RetentionParts): { readonly isWorking: boolean; stop(): void } {
  let isWorking = false;
  let next: ScheduledTask | null = null;
  const work = (): void => {
    const startedMs = clock.monotonicMs();
    do isWorking = !store.retain(clock.nowMs()).isDone;
    while (isWorking && clock.monotonicMs() - startedMs < LONGEST_MS);
    next = scheduler.after(isWorking ? LONGEST_MS : EVERY_MS, work);
  };
  next = scheduler.after(EVERY_MS, work);
  return {
    get isWorking() {
      return isWorking;
    },
    stop: () => next?.cancel(),
  };
}
