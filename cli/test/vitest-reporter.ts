import { writeFile } from "node:fs/promises";

import type { Reporter, SerializedError, TestModule } from "vitest/node";

import { failureText, type ReportedTests } from "./reports.ts";

/** The variable that names the file which the report is written to. */
export const REPORT_FILE = "WEFT_TEST_REPORT";

/** Writes a run of vitest as `ReportedTests`, in JSON: with what was expected and what came, and with hooks and files that failed. */
export default class VitestReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    const file = process.env[REPORT_FILE];
    if (file === undefined) throw new Error(`${REPORT_FILE} does not name the file to write the report to`);
    const failures = [...modules.flatMap(failuresOf), ...unhandled.map((error) => failureText("outside of any test", textOf(error)))];
    const tests = modules.flatMap(({ children }) => [...children.allTests()].map((test) => test.result().state));
    const report: ReportedTests = {
      passed: tests.filter((state) => state === "passed").length,
      // A hook or a file that failed is as bad as a test.
      failed: failures.length,
      failures,
    };
    await writeFile(file, JSON.stringify(report));
  }
}

function failuresOf(module: TestModule): string[] {
  const file = module.relativeModuleId;
  const outside = module.errors().map((error) => failureText(file, textOf(error)));
  const hooks = [...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => failureText(`${file} > ${suite.fullName}`, textOf(error))),
  );
  const tests = [...module.children.allTests("failed")].map((test) =>
    failureText(`${file} > ${test.fullName}`, (test.result().errors ?? []).map(textOf).join("\n")),
  );
  return [...outside, ...hooks, ...tests];
}

function textOf({ message, diff }: SerializedError): string {
  return typeof diff === "string" ? `${message}\n${diff}` : message;
}
