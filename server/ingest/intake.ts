import { WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { DecodedSpans, Format, IngestCodec, Signal } from "./codec.ts";
import { emptyCounts, type IngestCounts } from "./counts.ts";
import type { GroupCommit } from "./group-commit.ts";
import { refuse, TAKEN, type Outcome, type Refusal } from "./refusal.ts";
import { KEPT_REASONS } from "./stats.ts";

export interface IntakeParts {
  codec: IngestCodec;
  commits: GroupCommit;
  clock: Clock;
}

/** What happens to a request once its body is here, whichever way it came. */
export class Intake {
  readonly counts: IngestCounts = emptyCounts();
  /** The first different reasons why spans were rejected. */
  readonly reasons = new Set<string>();
  /** Epoch milliseconds; `null` = none came yet. */
  lastSpanAtMs: number | null = null;
  /** When something was last refused or rejected that a sender meant well. */
  lastTroubleAtMs: number | null = null;
  private readonly parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.parts = parts;
  }

  /** One OTLP export request. Answered when what it holds is on disk. */
  take(signal: Signal, body: Uint8Array, format: Format): Promise<Outcome> {
    const { codec } = this.parts;
    if (signal === "traces") return this.takeSpans(body, () => codec.spans(body, format));
    if (signal === "metrics") return Promise.resolve(this.takeCounted(body, "metricPoints", () => codec.metricPoints(body, format)));
    return Promise.resolve(this.takeCounted(body, "logRecords", () => codec.logRecords(body, format)));
  }

  /** A list of Zipkin spans. Its protocol knows no partial success, so a list without one good span is refused as a whole. */
  takeZipkin(body: Uint8Array): Promise<Outcome> {
    return this.takeSpans(body, () => {
      const decoded = this.parts.codec.zipkinSpans(body);
      if (decoded.records.length > 0 || decoded.rejected === 0) return decoded;
      throw new WeftError("INVALID", decoded.reasons.join(" "));
    });
  }

  /** What would be answered to any request now, before its body is read; `null` = go on. */
  refusalNow(): Refusal | null {
    return this.parts.commits.isFullFor(1) ? { cause: "busy", text: "Too much is waiting to be written; send this again" } : null;
  }

  /** Listeners call this for every refusal that they answer, this intake's own among them. */
  countRefusal({ cause }: Refusal): void {
    this.counts.refused[cause]++;
    if (cause !== "browser" && cause !== "path" && cause !== "method") this.lastTroubleAtMs = this.parts.clock.nowMs();
  }

  private async takeSpans(body: Uint8Array, decode: () => DecodedSpans): Promise<Outcome> {
    if (body.length === 0) return this.done(body, TAKEN);
    // Asked before the work of decoding: under a flood that work is what is missing.
    if (this.parts.commits.isFullFor(body.length)) return refuse("busy", "Too much is waiting to be written; send this again");
    const decoded = attempt(decode);
    if (!decoded.ok) return refuse("malformed", decoded.text);
    const { records, rejected, reasons } = decoded.value;
    const outcome = records.length === 0 ? TAKEN : await this.parts.commits.submit(records, body.length);
    if (!outcome.isTaken) return outcome;
    const nowMs = this.parts.clock.nowMs();
    this.counts.received += records.length + rejected;
    this.counts.rejected += rejected;
    if (records.length > 0) this.lastSpanAtMs = nowMs;
    if (rejected > 0) {
      this.lastTroubleAtMs = nowMs;
      for (const reason of reasons) if (this.reasons.size < KEPT_REASONS) this.reasons.add(reason);
    }
    return this.done(body, { isTaken: true, rejected, reason: reasons.join(" ") });
  }

  private takeCounted(body: Uint8Array, counter: "metricPoints" | "logRecords", count: () => number): Outcome {
    const counted = body.length === 0 ? { ok: true as const, value: 0 } : attempt(count);
    if (!counted.ok) return refuse("malformed", counted.text);
    this.counts[counter] += counted.value;
    return this.done(body, TAKEN);
  }

  private done(body: Uint8Array, outcome: Outcome): Outcome {
    this.counts.requests++;
    this.counts.bytes += body.length;
    return outcome;
  }
}

/**
 * A decoder is fed by strangers: should it break, then this body is to blame, and the worker goes on. The text of an error
 * that was not foreseen is not shown, for it may hold what was sent.
 */
function attempt<T>(decode: () => T): { ok: true; value: T } | { ok: false; text: string } {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    return { ok: false, text: error instanceof WeftError ? error.message : "The body cannot be read" };
  }
}
