import type { Change } from "#lib/model/change.ts";
import type { Result } from "#lib/model/errors.ts";

import type { PreparedWrite, ProofBaseline } from "./write-target.ts";

/** Everything a later process needs to go on with a change. */
export interface ChangeRecord {
  change: Change;
  write: PreparedWrite;
  baseline: ProofBaseline | null;
  /**
   * How long after the last proxy's proof a request that came before it may still end, milliseconds. What is observed
   * is counted from there.
   */
  settleMs: number;
  /** Set while an intended taking-back is under way, so that a crash in it can be told. */
  isRestoring: boolean;
}

/**
 * The lasting record of changes. `append` returns only after the record is on disk. Errors: SOURCE_REFUSED when it
 * cannot be written; then nothing may be done to the mesh.
 */
export interface ChangeJournal {
  append(record: ChangeRecord): Promise<Result<void>>;
  /** The newest record of each change, oldest change first. */
  load(): Promise<ChangeRecord[]>;
}
