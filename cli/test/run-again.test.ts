import { beforeEach, describe, expect, it, vi } from "vitest";

import { failureIn } from "./reports.ts";
import { runAgain } from "./run-again.ts";
import type { PartResult } from "./runners.ts";

const failure = (file: string | null, name = "adds") => failureIn(file, name, "expected 1 to be 2");

function red(...failures: ReturnType<typeof failure>[]): PartResult {
  return { isGreen: false, tests: { passed: 10, failed: failures.length, failures } };
}

const GREEN: PartResult = { isGreen: true, tests: { passed: 4, failed: 0, failures: [] } };

/** Hands out these results one after the other. */
function runs(...results: PartResult[]) {
  return vi.fn<(files: readonly string[]) => Promise<PartResult>>(async () => results.shift() ?? { isGreen: false });
}

beforeEach(() => void vi.spyOn(console, "log").mockReturnValue());

describe("runAgain", () => {
  it("leaves what is green", async () => {
    const run = runs(GREEN);
    expect(await runAgain(run)).toEqual({ ...GREEN, unsteady: [] });
    expect(run.mock.calls).toEqual([[[]]]);
  });

  it("runs the files of a few failures once more, counts all as passed when that is green, and names them", async () => {
    const run = runs(red(failure("a"), failure("a", "subtracts"), failure("b")), GREEN);
    expect(await runAgain(run)).toEqual({
      isGreen: true,
      tests: { passed: 13, failed: 0, failures: [] },
      unsteady: [failure("a"), failure("a", "subtracts"), failure("b")],
    });
    expect(run.mock.calls).toEqual([[[]], [["a", "b"]]]);
  });

  it("is red where they fail again", async () => {
    const first = red(failure("a"));
    const run = runs(first, red(failure("a")), GREEN);
    expect(await runAgain(run)).toEqual({ ...first, unsteady: [] });
    expect(run).toHaveBeenCalledTimes(2);
  });

  it.each([
    ["many failed", red(...["a", "b", "c", "d"].map((file) => failure(file)))],
    ["something failed outside of any test", red(failure("a"), failure(null))],
    ["nothing is said of why", { isGreen: false }],
  ])("does not try again where %s", async (_, first) => {
    const run = runs(first, GREEN);
    expect(await runAgain(run)).toEqual({ ...first, unsteady: [] });
    expect(run).toHaveBeenCalledTimes(1);
  });
});
