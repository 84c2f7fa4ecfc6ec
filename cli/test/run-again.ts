import type { Failure } from "./reports.ts";
import type { PartResult } from "./runners.ts";

/** More than that is no chance. */
const CHANCES = 3;

/** A part's result, and what failed at first where it passed when it was run again. */
export interface TriedResult extends PartResult {
  unsteady: readonly Failure[];
}

/**
 * Runs tests beside real servers. Those share a machine with whatever else runs on it, and a stall of some seconds makes a call fail
 * that nothing is wrong with: where a few tests fail, they are run again, by themselves, once. What is wrong fails twice.
 *
 * `run` takes the files that tests failed in; none = all.
 */
export async function runAgain(run: (files: readonly string[]) => Promise<PartResult>): Promise<TriedResult> {
  const first = await run([]);
  const failures = first.tests?.failures ?? [];
  const files = [...new Set(failures.flatMap(({ file }) => (file === null ? [] : [file])))];
  const isChance = !first.isGreen && failures.length > 0 && failures.length <= CHANCES && failures.every(({ file }) => file !== null);
  if (!isChance) return { ...first, unsteady: [] };
  console.log(`\n== once more: ${files.join(", ")}`);
  const second = await run(files);
  if (!second.isGreen) return { ...first, unsteady: [] };
  const passed = (first.tests?.passed ?? 0) + failures.length;
  return { isGreen: true, tests: { passed, failed: 0, failures: [] }, unsteady: failures };
}
