import { err, ok, WeftError } from "#lib/model/errors.ts";
import type { SpanRecord, SpanStore } from "#lib/ports/span-store.ts";

/** Spans in memory, with faults. */
export interface FakeSpanStore extends SpanStore {
  /** Records of each write that went well, in order. */
  readonly writes: (readonly SpanRecord[])[];
  readonly isClosed: boolean;
  /** While set, every write is refused with this sentence. */
  refusal: string | null;
  /** Makes the next write throw, as a broken store would. */
  breakNext: boolean;
  /** Steps that retention still has to take. */
  retainSteps: number;
  /** Names of all spans that are kept, in order. */
  names(): string[];
}

const keyOf = ({ traceId, spanId, kind }: SpanRecord): string => `${traceId.join()}|${spanId.join()}|${kind}`;

export function createFakeSpanStore(): FakeSpanStore {
  const keys = new Set<string>();
  const writes: (readonly SpanRecord[])[] = [];
  let isClosed = false;
  const store: FakeSpanStore = {
    writes,
    get isClosed() {
      return isClosed;
    },
    refusal: null,
    breakNext: false,
    retainSteps: 0,
    names: () => writes.flat().map(({ name }) => name),
    write(records) {
      if (store.breakNext) throw new Error("the store broke");
      if (store.refusal !== null) return err(new WeftError("SOURCE_REFUSED", store.refusal, { isRetryable: true }));
      const fresh = records.map((record) => {
        const isNew = !keys.has(keyOf(record));
        keys.add(keyOf(record));
        return isNew;
      });
      writes.push(records);
      return ok({ fresh });
    },
    stats: () => ({ bytes: 0, spans: keys.size, oldestMs: null, isDurable: true, removed: 0, damage: null }),
    retain() {
      if (store.retainSteps > 0) store.retainSteps--;
      return { isDone: store.retainSteps === 0 };
    },
    close: () => void (isClosed = true),
  };
  return store;
}
