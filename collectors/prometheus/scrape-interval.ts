const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Milliseconds of `15s`, `1m30s`, `500ms`, `2w`; `null` = it is no length of time. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return null;
  let ms = 0;
  for (const [, number, unit = ""] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) ms += Number(number) * (UNIT_MS[unit] ?? 0);
  return ms > 0 ? ms : null;
}

/** Scrapes are a little early or late; their interval is some round time. */
const ROUND_MS = 500;

/** The usual distance of instants, rounded to half seconds above one second; `null` = there are fewer than three. */
export function usualInterval(instantsMs: readonly number[]): number | null {
  if (instantsMs.length < 3) return null;
  const distances = instantsMs
    .slice(1)
    .map((ms, index) => ms - (instantsMs[index] ?? 0))
    .toSorted((a, b) => a - b);
  const median = Math.round(distances[Math.floor(distances.length / 2)] ?? 0);
  if (median <= 0) return null;
  return median < 1_000 ? median : Math.round(median / ROUND_MS) * ROUND_MS;
}
