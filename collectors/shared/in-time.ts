import type { Scheduler } from "#lib/ports/time.ts";

/** What is waited for, or `null` where it does not come within `waitMs`; it goes on all the same. Rejects as what is waited for does. */
export async function inTime<T>(awaited: Promise<T>, waitMs: number, scheduler: Scheduler): Promise<T | null> {
  const deadline = Promise.withResolvers<null>();
  const wait = scheduler.after(waitMs, () => deadline.resolve(null));
  return Promise.race([awaited, deadline.promise]).finally(() => wait.cancel());
}
