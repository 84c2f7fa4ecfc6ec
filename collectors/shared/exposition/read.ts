import type { Placed } from "./layout.ts";
import { ExpositionScanner, type ExpositionTrouble } from "./scan.ts";

interface Spelled extends Placed {
  series: string;
}

/**
 * Reads one exposition by itself. `onSample` gets the series as it is written (name and labels; see `parseSeries`) and a
 * finite value, in order. A malformed line is counted and costs only itself.
 */
export function readExposition(exposition: Uint8Array | string, onSample: (series: string, value: number) => void): ExpositionTrouble {
  return new ExpositionScanner<Spelled>().scan(exposition, {
    open: (series) => ({ series, line: 0 }),
    sample: ({ series }, value) => onSample(series, value),
  });
}
