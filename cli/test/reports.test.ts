import { describe, expect, it } from "vitest";

import { failureText, readPlaywrightReport } from "./reports.ts";

describe("failureText", () => {
  it("tells where and the beginning of why, without colours", () => {
    const message = ["\u001B[31mexpected 1 to be 2\u001B[39m", "", ...Array.from({ length: 50 }, (_, index) => `frame ${index}`)].join(
      "\n",
    );
    const lines = failureText("lib/sum.test.ts > adds", message).split("\n");
    expect(lines.slice(0, 3)).toEqual(["lib/sum.test.ts > adds", "    expected 1 to be 2", "    frame 0"]);
    expect(lines).toHaveLength(25);
  });
});

const spec = (title: string, status: string, ...messages: string[]) => ({
  title,
  file: "map.spec.ts",
  line: 7,
  tests: [{ status, results: messages.map((message) => ({ errors: [{ message }] })) }],
});

describe("readPlaywrightReport", () => {
  it("finds failures at every depth, and calls failed what passed only at a second attempt", () => {
    const report = {
      stats: { expected: 3, unexpected: 1, flaky: 1 },
      errors: [],
      suites: [
        {
          title: "map.spec.ts",
          specs: [spec("opens", "expected"), spec("moves", "flaky", "late")],
          suites: [{ title: "dark", specs: [spec("closes", "unexpected", "Error: no such button")] }],
        },
      ],
    };
    expect(readPlaywrightReport(JSON.stringify(report))).toEqual({
      passed: 3,
      failed: 2,
      failures: ["map.spec.ts:7 > moves\n    late", "map.spec.ts:7 > closes\n    Error: no such button"],
    });
  });

  it("tells what went wrong before any test", () => {
    const report = { stats: { expected: 0, unexpected: 0, flaky: 0 }, errors: [{ message: "Error: no mesh" }], suites: [] };
    expect(readPlaywrightReport(JSON.stringify(report)).failures).toEqual(["outside of any test\n    Error: no mesh"]);
  });
});
