import type { Result, WeftError } from "#lib/model/errors.ts";

import { isTooLong } from "./json-questions.ts";

/** Whole traces come for every search, and a program that keeps many needs seconds for some hundreds. */
const DEEPEST = 1_000;
const DEEP = 200;
const SHALLOWEST = 10;
const STEP = 4;

/** How many traces to ask for when `limit` are wanted; more where some of them will be sorted out here. One more than wanted tells whether there are more. */
export function searchDepth(limit: number, isSortedOutHere: boolean): number {
  return isSortedOutHere ? Math.min(DEEPEST, Math.max(DEEP, limit * STEP)) : limit + 1;
}

/**
 * Asks for `depth` traces, and for fewer when that was too much: the answer is too long to be read, or another reason that
 * `isTooMuch` knows. Answers how many were asked for at last.
 */
export async function askWithinBounds<T>(
  depth: number,
  ask: (depth: number) => Promise<Result<T>>,
  isTooMuch: (error: WeftError) => boolean = isTooLong,
): Promise<{ depth: number; result: Result<T> }> {
  let asked = depth;
  for (;;) {
    const result = await ask(asked);
    if (result.ok || !isTooMuch(result.error) || asked <= SHALLOWEST) return { depth: asked, result };
    asked = Math.max(SHALLOWEST, Math.floor(asked / STEP));
  }
}
