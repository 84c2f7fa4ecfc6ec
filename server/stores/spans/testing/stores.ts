import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SpanRecord, SpanStore } from "#lib/ports/span-store.ts";

import { openSpanStore, type SpanFile, type SpanStoreOptions } from "../span-store.ts";

const PLENTY = Number.MAX_SAFE_INTEGER;

/** Stores and directories of one test, removed at its end by `clear`. */
export class TestStores {
  readonly dir = mkdtempSync(join(tmpdir(), "weft-spans-test-"));
  private readonly opened: SpanStore[] = [];

  open(options: Partial<SpanStoreOptions> = {}): SpanFile {
    const store = openSpanStore({ dir: this.dir, maxBytes: PLENTY, maxAgeMs: PLENTY, isDurable: true, ...options });
    this.opened.push(store);
    return store;
  }

  clear(): void {
    for (const store of this.opened) store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Writes and answers what was new; throws what the store refuses with. */
export function write(store: SpanStore, ...records: SpanRecord[]): boolean[] {
  const written = store.write(records);
  if (!written.ok) throw written.error;
  return written.value.fresh;
}

/** Lets retention work until it is done; answers the number of its steps. */
export function retainAll(store: SpanStore, nowMs: number): number {
  let steps = 1;
  while (!store.retain(nowMs).isDone) steps++;
  return steps;
}
