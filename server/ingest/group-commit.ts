import type { Result } from "#lib/model/errors.ts";
import type { SpanRecord, SpanWrite } from "#lib/ports/span-store.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import { ByteBudget } from "./byte-budget.ts";
import type { IngestLimits } from "./limits.ts";
import { refuse, TAKEN, type Outcome } from "./refusal.ts";

interface Job {
  records: readonly SpanRecord[];
  bytes: number;
  answer: (outcome: Outcome) => void;
}

/** One group that was tried. `write` is what the store said of it. */
export interface Commit {
  records: readonly SpanRecord[];
  write: Result<SpanWrite>;
  requests: number;
  elapsedMs: number;
}

export interface GroupCommitParts {
  write(records: readonly SpanRecord[]): Result<SpanWrite>;
  limits: Pick<IngestLimits, "queueBytes" | "groupBytes" | "groupMs">;
  clock: Clock;
  scheduler: Scheduler;
  /** Hears of every group before its requests are answered, so that who was answered finds himself counted. */
  onCommit(commit: Commit): void;
}

/**
 * Writes many requests at once, because each write waits for the disk. A request is answered after the write that holds
 * all of its records returned, in the order in which requests came; it never shares its records with two groups.
 */
export class GroupCommit {
  private readonly parts: GroupCommitParts;
  private readonly budget: ByteBudget;
  private jobs: Job[] = [];
  private timer: ScheduledTask | null = null;
  private isUrgent = false;
  private isClosed = false;

  constructor(parts: GroupCommitParts) {
    this.parts = parts;
    this.budget = new ByteBudget(parts.limits.queueBytes);
  }

  /** Bytes that wait to be written. */
  get bytes(): number {
    return this.budget.used;
  }

  /** Whether a request of this size would be refused now. */
  isFullFor(bytes: number): boolean {
    return this.budget.used + bytes > this.budget.limit;
  }

  submit(records: readonly SpanRecord[], bytes: number): Promise<Outcome> {
    if (this.isClosed) return Promise.resolve(refuse("stopping", "Weft is stopping; send this again"));
    if (!this.budget.take(bytes)) return Promise.resolve(refuse("busy", "Too much is waiting to be written; send this again"));
    const answered = new Promise<Outcome>((answer) => this.jobs.push({ records, bytes, answer }));
    this.schedule();
    return answered;
  }

  /** Writes what waits, and takes no more. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    while (this.jobs.length > 0) this.commit();
  }

  private schedule(): void {
    if (this.jobs.length === 0) return;
    // What has arrived meanwhile shall be read before the next group is written, so a full group goes in its own turn.
    const isUrgent = this.budget.used >= this.parts.limits.groupBytes;
    if (this.timer !== null && isUrgent === this.isUrgent) return;
    this.timer?.cancel();
    this.isUrgent = isUrgent;
    this.timer = this.parts.scheduler.after(isUrgent ? 0 : this.parts.limits.groupMs, () => {
      this.timer = null;
      this.commit();
      this.schedule();
    });
  }

  private nextGroup(): Job[] {
    let bytes = 0;
    const end = this.jobs.findIndex((job) => (bytes += job.bytes) >= this.parts.limits.groupBytes);
    return this.jobs.splice(0, end === -1 ? this.jobs.length : end + 1);
  }

  private commit(): void {
    const group = this.nextGroup();
    const records = group.length === 1 && group[0] !== undefined ? group[0].records : group.flatMap((job) => [...job.records]);
    const startedMs = this.parts.clock.monotonicMs();
    let outcome: Outcome = refuse("store", "The store broke while it wrote; nothing of this request was kept. Send it again");
    try {
      const write = this.parts.write(records);
      if (write.ok) outcome = TAKEN;
      else outcome = refuse("store", `${write.error.message}. Send this again later`);
      this.parts.onCommit({ records, write, requests: group.length, elapsedMs: this.parts.clock.monotonicMs() - startedMs });
    } catch (error) {
      // This ends the worker, but not before everybody who waits has an answer.
      this.parts.scheduler.after(0, () => {
        throw error;
      });
    } finally {
      for (const job of group) {
        this.budget.give(job.bytes);
        job.answer(outcome);
      }
    }
  }
}
