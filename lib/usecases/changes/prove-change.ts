import type { Change, ProxyProof } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";
import type { WriteTarget } from "#lib/ports/write-target.ts";

import type { MeshSources } from "../context.ts";
import { findTarget } from "../find-target.ts";
import type { ChangeLog } from "./change-log.ts";
import { wordsOf } from "./kind-words.ts";
import { observeChange } from "./observe-change.ts";

/** Waits between the first proofs, milliseconds: a proxy that watches its file needs less than ten. */
const FIRST_WAITS_MS = [10, 20, 40, 80, 160];
const WAIT_MS = 500;
/** How long all proxies get before the change is called partly live. */
const LIVE_LIMIT_MS = 60_000;
/** When every missing proxy is unreachable, there is no point in keeping the reader waiting longer than this. */
const UNREACHABLE_LIMIT_MS = 3_000;
/** A partly live change is still watched: a proxy may come back. */
const PARTLY_WAIT_MS = 2_000;
const OBSERVE_WAIT_MS = 1_000;
const STANDING_EVERY_MS = 5_000;
/** After this the watch ends with what is known. */
const WATCH_LIMIT_MS = 30 * 60_000;
/** What was observed is counted on for this long, so that the figure on the page settles. */
const AFTERGLOW_MS = 60_000;

interface Watch {
  isStopped: boolean;
  wake: ScheduledTask | null;
}

export interface ProverOptions {
  log: ChangeLog;
  clock: Clock;
  scheduler: Scheduler;
  sources: MeshSources;
}

/** One look at a change: where it goes next, or that its watch is over. */
type Next = { record: ChangeRecord; waitMs: number } | null;

/**
 * Follows written changes until the proxies and the traffic have proven them, or something else happened. One watch per
 * object: a newer change of the same object ends the older one's.
 */
export class ChangeProver {
  private readonly watches = new Map<string, Watch>();
  private readonly options: ProverOptions;

  constructor(options: ProverOptions) {
    this.options = options;
  }

  /** `writtenMs` is the monotonic instant of the write, or `null` when another process wrote it. */
  start(changeId: string, writtenMs: number | null): void {
    const record = this.options.log.record(changeId);
    if (record === undefined) return;
    this.stopObject(record.change.objectId);
    void this.closeFollowed(record.change);
    const watch: Watch = { isStopped: false, wake: null };
    this.watches.set(changeId, watch);
    void this.follow(changeId, watch, writtenMs).finally(() => {
      if (this.watches.get(changeId) === watch) this.watches.delete(changeId);
    });
  }

  /** Ends every watch; the journal has what a later process needs. */
  stop(): void {
    for (const watch of this.watches.values()) this.end(watch);
    this.watches.clear();
  }

  private stopObject(objectId: string): void {
    for (const [id, watch] of this.watches) {
      if (this.options.log.record(id)?.change.objectId !== objectId) continue;
      this.end(watch);
      this.watches.delete(id);
    }
  }

  /** Older changes of the object that were still being proven: there is nothing left of them to prove. */
  private async closeFollowed(newer: Change): Promise<void> {
    for (const older of this.options.log.open()) {
      const record = this.options.log.record(older.id);
      if (record === undefined || older.objectId !== newer.objectId || older.id === newer.id) continue;
      await this.finish(record, { state: older.state, explanation: `Followed by change ${newer.id} before it was observed`, mend: null });
    }
  }

  private end(watch: Watch): void {
    watch.isStopped = true;
    watch.wake?.cancel();
  }

  private async follow(changeId: string, watch: Watch, writtenMs: number | null): Promise<void> {
    const { clock, log, sources } = this.options;
    const startedMs = clock.monotonicMs();
    let lastStandingMs = startedMs;
    for (let attempt = 0; !watch.isStopped; attempt++) {
      const record = log.record(changeId);
      if (record === undefined) return;
      const target = findTarget(sources, record.write);
      if (!target.ok) {
        await this.finish(record, { state: "needs-decision", explanation: target.error.message, mend: target.error.mend });
        return;
      }
      const elapsedMs = clock.monotonicMs() - startedMs;
      if (clock.monotonicMs() - lastStandingMs >= STANDING_EVERY_MS) {
        lastStandingMs = clock.monotonicMs();
        if (await this.isForeign(record, target.value, watch)) return;
      }
      const next = await this.look(record, target.value, { attempt, elapsedMs, writtenMs, watch });
      if (next === null || watch.isStopped) return;
      await this.pause(watch, next.waitMs);
    }
  }

  private pause(watch: Watch, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const task = this.options.scheduler.after(waitMs, resolve);
      watch.wake = {
        cancel: () => {
          task.cancel();
          resolve();
        },
      };
    });
  }

  private async look(
    record: ChangeRecord,
    target: WriteTarget,
    at: { attempt: number; elapsedMs: number; writtenMs: number | null; watch: Watch },
  ): Promise<Next> {
    const { state } = record.change;
    if (state === "live" || state === "observed") return this.lookAtTraffic(record, at.elapsedMs, at.watch);
    const proofs = await target.verify(record.write, record.baseline ?? {});
    if (at.watch.isStopped) return null;
    const refused = proofs.filter((proof) => proof.state === "rejected");
    if (refused.length > 0) {
      await this.takeBack(record, target, proofs, refused);
      return null;
    }
    const proven = withProofs(record, proofs);
    const isLive = proofs.length > 0 && proofs.every((proof) => proof.state === "live");
    if (isLive) {
      await this.becomeLive(proven, at.writtenMs);
      return { record: proven, waitMs: OBSERVE_WAIT_MS };
    }
    if (at.elapsedMs > WATCH_LIMIT_MS) return null;
    const isWaitOver =
      at.elapsedMs > LIVE_LIMIT_MS || (at.elapsedMs > UNREACHABLE_LIMIT_MS && proofs.every((proof) => proof.state !== "pending"));
    if (state !== "partly-live" && isWaitOver) {
      await this.keep({ ...proven, change: { ...proven.change, state: "partly-live", ...explainMissing(record.change.kind, proofs) } });
      return { record: proven, waitMs: PARTLY_WAIT_MS };
    }
    if (state === "partly-live") {
      await this.countTraffic({ ...proven, change: { ...proven.change, ...explainMissing(record.change.kind, proofs) } }, at.watch);
      return { record: proven, waitMs: PARTLY_WAIT_MS };
    }
    this.options.log.show(proven);
    return { record: proven, waitMs: FIRST_WAITS_MS[at.attempt] ?? WAIT_MS };
  }

  private async becomeLive(record: ChangeRecord, writtenMs: number | null): Promise<void> {
    const { clock } = this.options;
    const { change } = record;
    await this.keep({
      ...record,
      change: {
        ...change,
        state: "live",
        explanation: null,
        mend: null,
        timings: {
          ...change.timings,
          liveAt: new Date(clock.nowMs()).toISOString(),
          liveAfterMs: writtenMs === null ? null : clock.monotonicMs() - writtenMs,
        },
      },
    });
    if (change.undoOf !== null) await this.markUndone(change.undoOf, change.id);
  }

  /** The original of an undo that is live. Called again by recovery when a crash fell between the two records. */
  async markUndone(originalId: string, undoId: string): Promise<void> {
    const original = this.options.log.record(originalId);
    if (original === undefined || original.change.state === "undone") return;
    await this.finish(original, { state: "undone", explanation: `Taken back by change ${undoId}`, mend: null, undoneBy: undoId });
  }

  private async lookAtTraffic(record: ChangeRecord, elapsedMs: number, watch: Watch): Promise<Next> {
    const { clock } = this.options;
    if (elapsedMs > WATCH_LIMIT_MS) return null;
    const { observedAt } = record.change.timings;
    if (observedAt !== null && clock.nowMs() - Date.parse(observedAt) > AFTERGLOW_MS) return null;
    await this.countTraffic(record, watch);
    return { record, waitMs: OBSERVE_WAIT_MS };
  }

  /** Counts what came since, and calls a live change observed once it is what was asked. */
  private async countTraffic(record: ChangeRecord, watch: Watch): Promise<void> {
    const { clock, log, sources } = this.options;
    const { change } = record;
    const provenMs = Date.parse(change.timings.liveAt ?? change.timings.acceptedAt ?? change.timings.askedAt);
    const sighting = await observeChange(record, provenMs, clock.nowMs(), sources);
    if (watch.isStopped) return;
    if (sighting === null) {
      log.show(record);
      return;
    }
    const counted: ChangeRecord = { ...record, change: sighting.change };
    if (change.state !== "live" || !sighting.holds) {
      log.show(counted);
      return;
    }
    const now = new Date(clock.nowMs()).toISOString();
    await this.keep({
      ...counted,
      change: { ...counted.change, state: "observed", timings: { ...change.timings, observedAt: now, endedAt: now } },
    });
  }

  private async takeBack(record: ChangeRecord, target: WriteTarget, proofs: ProxyProof[], refused: ProxyProof[]): Promise<void> {
    const words = wordsOf(record.change.kind);
    const why = refused.map((proof) => `${proof.id}: ${withoutStop(proof.reason ?? "refused the configuration")}`).join("; ");
    const restoring: ChangeRecord = { ...withProofs(record, proofs), isRestoring: true };
    await this.keep(restoring);
    const restored = await target.restore(record.write);
    if (restored.ok) {
      await this.finish(restoring, {
        state: "rejected",
        explanation: `Refused by ${refused.length} of ${proofs.length} proxies and taken back at once. ${why}`,
        mend: words.afterTakingBack,
      });
      return;
    }
    await this.finish(restoring, {
      state: "needs-decision",
      explanation: `Refused by ${refused.length} of ${proofs.length} proxies, and taking it back failed: ${withoutStop(restored.error.message)}. ${why}`,
      mend: restored.error.mend ?? words.byHand,
    });
  }

  /** Ends the watch when somebody else rewrote the object. */
  private async isForeign(record: ChangeRecord, target: WriteTarget, watch: Watch): Promise<boolean> {
    const standing = await target.standing(record.write);
    if (watch.isStopped || !standing.ok || standing.value.at === "after") return false;
    // A newer change of this console that is being written just now will end this watch itself.
    const revision = standing.value.at === "foreign" ? standing.value.revision : null;
    if (isNewer(this.options.log.writerOf(record.change.objectId, revision), record.change)) return false;
    const when =
      standing.value.at === "foreign" && standing.value.modifiedAtMs !== null
        ? ` at ${new Date(standing.value.modifiedAtMs).toISOString()}`
        : "";
    await this.finish(record, {
      state: "reverted",
      explanation:
        standing.value.at === "before" ? "Something else put the old text back" : `Something else rewrote ${record.write.location}${when}`,
      mend: "Find out what writes this file. Plan again from what stands there now",
    });
    return true;
  }

  private async finish(
    record: ChangeRecord,
    end: Pick<Change, "state" | "explanation" | "mend"> & Partial<Pick<Change, "undoneBy">>,
  ): Promise<void> {
    const { change } = record;
    await this.keep({
      ...record,
      isRestoring: false,
      change: { ...change, ...end, timings: { ...change.timings, endedAt: new Date(this.options.clock.nowMs()).toISOString() } },
    });
  }

  /** A state that cannot be journaled is shown all the same: it is what the proxies say. Recovery would find it again. */
  private async keep(record: ChangeRecord): Promise<void> {
    const kept = await this.options.log.put(record);
    if (!kept.ok)
      this.options.log.show({
        ...record,
        change: { ...record.change, explanation: `${record.change.explanation ?? ""} (not journaled: ${kept.error.message})`.trim() },
      });
  }
}

function isNewer(writer: Change | undefined, change: Change): boolean {
  return writer !== undefined && Number(writer.id) > Number(change.id);
}

function withProofs(record: ChangeRecord, proxies: ProxyProof[]): ChangeRecord {
  const n = proxies.filter((proof) => proof.state === "live").length;
  return { ...record, change: { ...record.change, live: { n, of: proxies.length, proxies } } };
}

/** A sentence that goes on inside another one. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function explainMissing(kind: Change["kind"], proofs: readonly ProxyProof[]): Pick<Change, "explanation" | "mend"> {
  const missing = proofs.filter((proof) => proof.state !== "live");
  const words = wordsOf(kind);
  if (proofs.length === 0) return words.noProxy;
  const names = missing.map((proof) => `${proof.id} (${withoutStop(proof.reason ?? "has not taken it yet")})`).join(", ");
  return {
    explanation: `Live on ${proofs.length - missing.length} of ${proofs.length}. Missing: ${names}`,
    mend: words.missing,
  };
}
