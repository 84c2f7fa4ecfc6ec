import type { Placed } from "./layout.ts";
import { ExpositionScanner, type ExpositionTrouble } from "./scan.ts";
import type { Series } from "./series.ts";

interface Taken extends Placed {
  series: Series;
}

/** Reads one exposition by itself: every series with its finite values, in order. A malformed line costs only itself. */
export function readExposition(exposition: Uint8Array | string, onSample: (series: Series, value: number) => void): ExpositionTrouble {
  return new ExpositionScanner<Taken>().scan(exposition, {
    open: (series) => ({ series, line: 0 }),
    sample: ({ series }, value) => onSample(series, value),
  }).trouble;
}
