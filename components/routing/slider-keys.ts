import { moveBoundary, stepOf, totalOf } from "./draft.ts";

const FIVE = 5;
const PAGE = 10;

/** Steps that a key adds to the share of the version right of the thumb. */
const STEPS: Readonly<Record<string, number>> = {
  // Sideways the thumb goes where the arrow points: to the left it gives the right-hand version more.
  ArrowLeft: 1,
  ArrowRight: -1,
  ArrowUp: 1,
  ArrowDown: -1,
};

/** Weights after a key on the thumb of a boundary; `null` for keys that are not the slider's. Shift makes a step five. */
export function boundaryAfterKey(press: { key: string; isShift: boolean }, weights: readonly number[], boundary: number): number[] | null {
  const right = weights[boundary + 1] ?? 0;
  const step = stepOf(totalOf(weights));
  const steps = STEPS[press.key];
  if (steps !== undefined) return moveBoundary(weights, boundary, right + steps * (press.isShift ? FIVE : 1) * step);
  switch (press.key) {
    case "PageUp":
      return moveBoundary(weights, boundary, right + PAGE * step);
    case "PageDown":
      return moveBoundary(weights, boundary, right - PAGE * step);
    case "Home":
      return moveBoundary(weights, boundary, 0);
    case "End":
      return moveBoundary(weights, boundary, Number.MAX_SAFE_INTEGER);
    default:
      return null;
  }
}
