import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { ChangeJournal, ChangeRecord } from "#lib/ports/change-journal.ts";

/** Whether the record of the write point at which a process dies is on disk already. */
export type CrashPoint = { at: number; record: "lost" | "kept" };

export interface FakeChangeJournal extends ChangeJournal {
  /** Everything that is on disk, oldest first. */
  readonly lines: readonly ChangeRecord[];
  /** Resolves when the process has died. */
  readonly crashed: Promise<void>;
  /** The appends of these numbers fail, counted from 1 over the life of this journal. */
  failAt(...numbers: number[]): void;
  /** At this append the process dies: neither this call nor any later one ever answers or writes. */
  crashAt(point: CrashPoint): void;
  /** The same disk, as the next process finds it. */
  reopen(): FakeChangeJournal;
}

/** A journal in memory. Records go through JSON, as on a disk. */
export function createFakeChangeJournal(disk: ChangeRecord[] = []): FakeChangeJournal {
  const failing = new Set<number>();
  const death = Promise.withResolvers<void>();
  let isDead = false;
  let appends = 0;
  let crash: CrashPoint | null = null;

  function write(record: ChangeRecord): void {
    disk.push(JSON.parse(JSON.stringify(record)));
  }

  return {
    lines: disk,
    crashed: death.promise,
    failAt: (...numbers) => {
      for (const number of numbers) failing.add(number);
    },
    crashAt: (point) => void (crash = point),
    reopen: () => createFakeChangeJournal(disk),
    append(record): Promise<Result<void>> {
      appends++;
      if (!isDead && crash?.at === appends) {
        if (crash.record === "kept") write(record);
        isDead = true;
        death.resolve();
      }
      if (isDead) return new Promise(() => undefined);
      if (failing.has(appends)) {
        return Promise.resolve(
          err(new WeftError("SOURCE_REFUSED", "The journal cannot be written", { mend: "Free disk space", isRetryable: true })),
        );
      }
      write(record);
      return Promise.resolve(ok(undefined));
    },
    load(): Promise<ChangeRecord[]> {
      const newest = new Map<string, ChangeRecord>();
      for (const record of disk) newest.set(record.change.id, record);
      return Promise.resolve([...newest.values()].map((record) => structuredClone(record)));
    },
  };
}
