import type { SpanKind } from "#lib/model/trace.ts";

/** Kinds by their number in the file; appended to, never reordered. */
const KINDS: readonly SpanKind[] = ["internal", "server", "client", "producer", "consumer"];

const NANOS_PER_MS = 1_000_000n;
const LAST_NANO = 2n ** 64n - 1n;

export function kindNumber(kind: SpanKind): number {
  return KINDS.indexOf(kind);
}

export function kindOf(number: number): SpanKind {
  return KINDS[number] ?? "internal";
}

/** Numbers of the kinds that take a call or a message in. */
export const ENTRY_KINDS: ReadonlySet<number> = new Set([kindNumber("server"), kindNumber("consumer")]);

export interface StoredStart {
  /** The start rounded up to the millisecond. */
  atMs: number;
  /** How much earlier than `atMs` it was: 0 to 999,999. */
  earlyNs: number;
}

/** Exact for every start that OTLP can carry (unsigned, 64 bits); anything else is brought into that range. */
export function storedStart(startUnixNano: bigint): StoredStart {
  const start = startUnixNano < 0n ? 0n : startUnixNano > LAST_NANO ? LAST_NANO : startUnixNano;
  const wholeMs = start / NANOS_PER_MS;
  const beyondNs = Number(start - wholeMs * NANOS_PER_MS);
  return beyondNs === 0 ? { atMs: Number(wholeMs), earlyNs: 0 } : { atMs: Number(wholeMs) + 1, earlyNs: 1_000_000 - beyondNs };
}

export function startNanos({ atMs, earlyNs }: StoredStart): bigint {
  return BigInt(atMs) * NANOS_PER_MS - BigInt(earlyNs);
}

/** Whole nanoseconds that fit a column read as a JS number (104 days); the span's own bytes keep what was sent. */
export function storedDuration(durationNano: number): number {
  return durationNano > 0 ? Math.min(Math.floor(durationNano), Number.MAX_SAFE_INTEGER) : 0;
}

/** The minute `(m, m + 1]` that a start rounded up to the millisecond lies in. */
export function minuteOf(atMs: number): number {
  return Math.ceil(atMs / 60_000) - 1;
}

/** Text as SQLite keeps it: UTF-8 has no halves of characters. */
export function storedText(text: string): string {
  return text.toWellFormed();
}
