import { describe, expect, it } from "vitest";

import { untoldSteps } from "./untold-steps.ts";

describe("untoldSteps", () => {
  it.each([
    ["all is told", [3, 0, 5], [3, 0, 5], [false, false, false]],
    ["nobody calls", [0, 0, 0], [0, 0, 0], [false, false, false]],
    ["no caller tells", [3, 0, 3], [0, 0, 0], [false, false, false]],
    ["a busy target falls silent", [9, 9, 0, 0, 0], [9, 9, 9, 9, 9], [false, false, true, true, true]],
    ["it comes back", [0, 0, 9, 9], [9, 9, 9, 9], [true, true, false, false]],
    ["a quiet target counts a moment later", [0, 1, 0, 0], [1, 0, 0, 0], [false, false, false, false]],
    ["a quiet target counts a moment before", [1, 0, 0], [0, 1, 0], [false, false, false]],
    ["a quiet target is silent", [1, 0, 0, 0], [1, 0, 0, 1], [false, false, false, true]],
    ["a caller tries again where the target counts once", [3, 0, 3], [3, 5, 3], [false, false, false]],
  ])("when %s", (_when, counts, callerCounts, untold) => {
    expect(untoldSteps(counts, callerCounts)).toEqual(untold);
  });
});
