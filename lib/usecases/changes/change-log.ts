import type { Change } from "#lib/model/change.ts";
import type { Result } from "#lib/model/errors.ts";
import type { ChangeJournal, ChangeRecord } from "#lib/ports/change-journal.ts";

/** States in which nothing more will happen by itself. */
const ENDED: ReadonlySet<Change["state"]> = new Set(["observed", "refused", "rejected", "reverted", "needs-decision", "undone"]);
/** States in which the written text may still stand in the mesh. */
const STANDING: ReadonlySet<Change["state"]> = new Set(["accepted", "live", "observed", "partly-live"]);

/** Whether nothing more will happen by itself: it came to an end, or a newer change of the object followed it. */
export function hasEnded(change: Change): boolean {
  return ENDED.has(change.state) || change.timings.endedAt !== null;
}

/** Every change of this data directory in memory, backed by the journal, with listeners for the live stream. */
export class ChangeLog {
  private readonly records = new Map<string, ChangeRecord>();
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly journal: ChangeJournal;
  private lastId = 0;

  constructor(journal: ChangeJournal) {
    this.journal = journal;
  }

  /** Takes over what an earlier process left. */
  async load(): Promise<ChangeRecord[]> {
    const loaded = await this.journal.load();
    for (const record of loaded) this.records.set(record.change.id, record);
    return loaded;
  }

  /** Ids count up from 1 and are never reused in one data directory; one that was handed out is gone, used or not. */
  nextId(): string {
    for (const id of this.records.keys()) this.lastId = Math.max(this.lastId, Number(id));
    return String(++this.lastId);
  }

  /** Writes the record to disk first, then lets everybody see it. On an error nobody sees it. */
  async put(record: ChangeRecord): Promise<Result<void>> {
    const written = await this.journal.append(record);
    if (written.ok) this.show(record);
    return written;
  }

  /** Lets everybody see a record without writing it: for figures that can be counted again after a restart. */
  show(record: ChangeRecord): void {
    this.records.set(record.change.id, record);
    const shown = this.view(record);
    for (const listener of this.listeners) listener(shown);
  }

  record(id: string): ChangeRecord | undefined {
    return this.records.get(id);
  }

  get(id: string): Change | undefined {
    const record = this.records.get(id);
    return record && this.view(record);
  }

  /** Newest first. */
  list(): Change[] {
    return [...this.records.values()].map((record) => this.view(record)).toReversed();
  }

  open(): Change[] {
    return this.list().filter((change) => !hasEnded(change));
  }

  /** The newest change of an object whose text was written; older ones cannot be undone on their own. */
  newestWritten(objectId: string): ChangeRecord | undefined {
    return [...this.records.values()].findLast(
      (record) =>
        record.change.objectId === objectId &&
        record.change.timings.acceptedAt !== null &&
        !["rejected", "refused"].includes(record.change.state),
    );
  }

  /** The change of this console that wrote a text of an object, told by the text's revision. */
  writerOf(objectId: string, revision: string | null): Change | undefined {
    return this.list().find((change) => change.objectId === objectId && this.records.get(change.id)?.write.revisionAfter === revision);
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private view(record: ChangeRecord): Change {
    const { change } = record;
    const canUndo = STANDING.has(change.state) && this.newestWritten(change.objectId)?.change.id === change.id;
    return { ...change, canUndo };
  }
}
