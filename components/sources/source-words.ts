import type { Tone } from "#components/ui/tone.ts";
import { formatClock, formatQuantity } from "#lib/client/format.ts";
import type { SourceState, SourceStatus } from "#lib/model/source.ts";

const TONES: Readonly<Record<SourceState, Tone>> = { healthy: "ok", degraded: "warn", down: "fail", starting: "unk" };

export function sourceTone(state: SourceState): Tone {
  return TONES[state];
}

/** Worst first. */
export function sourceRank(state: SourceState): number {
  return (["down", "degraded", "starting", "healthy"] satisfies SourceState[]).indexOf(state);
}

/** `down since 14:05:12`, `degraded: 1 part says less`, `healthy`. */
export function sourceWord(source: SourceStatus): string {
  if (source.state === "down") return `down since ${formatClock(source.since)}`;
  if (source.state === "degraded") {
    const missing = source.coverage.of - source.coverage.n;
    return missing > 0 ? `degraded: ${missing} of ${source.coverage.of} silent` : "degraded";
  }
  return source.state;
}

/** What stands out among the sources, as a title. */
export function sourcesSentence(sources: readonly SourceStatus[]): string {
  const down = sources.filter((source) => source.state === "down");
  const first = down[0];
  if (down.length === 1 && first !== undefined) return `${first.id} does not answer since ${formatClock(first.since)}`;
  if (down.length > 1) return `${down.length} of ${formatQuantity(sources.length, "source")} do not answer`;
  const degraded = sources.filter((source) => source.state === "degraded");
  const weak = degraded[0];
  if (degraded.length === 1 && weak !== undefined)
    return `${weak.id} says less than it could: ${weak.coverage.n} of ${weak.coverage.of} parts answer`;
  if (degraded.length > 1) return `${degraded.length} of ${formatQuantity(sources.length, "source")} say less than they could`;
  if (sources.length === 0) return "No source is configured";
  return sources.length === 1 ? "The one source answers in full" : `All ${sources.length} sources answer in full`;
}

/** What the sources that answer give, with the name of the giver. */
export function stillLive(sources: readonly SourceStatus[]): { text: string; source: string }[] {
  return sources
    .filter((source) => source.state === "healthy" || source.state === "degraded")
    .map((source) => ({ text: source.gives.join(", "), source: source.id }));
}
