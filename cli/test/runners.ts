import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { resolveChromium } from "#peers/chromium/resolve-chromium.ts";

import { runProgram } from "../run-program.ts";
import { NO_REPORT, readPlaywrightReport, type ReportedTests } from "./reports.ts";
import { REPORT_FILE } from "./vitest-reporter.ts";

/** Where reports of tests go. */
export const REPORTS = ".weft/test";

const REPORTER = "./cli/test/vitest-reporter.ts";

export interface PartResult {
  isGreen: boolean;
  /** Where the part counts tests: those that ran, and why some failed. */
  tests?: ReportedTests;
}

const bin = (name: string): string => join("node_modules", ".bin", name);

/** Runs a program of the packages; green = it ended with 0. */
export async function program(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<PartResult> {
  return { isGreen: (await runProgram(bin(name), args, { env })) === 0 };
}

/** Runs a project of vitest. */
export async function vitest(project: string, env: Record<string, string>): Promise<PartResult> {
  const report = resolve(REPORTS, `${project}.json`);
  const args = ["run", "--project", project, "--reporter=dot", `--reporter=${REPORTER}`];
  const { isGreen } = await program("vitest", args, { ...env, [REPORT_FILE]: report });
  return reported(isGreen, report, (text) => JSON.parse(text) as ReportedTests);
}

/** Runs the journeys. */
export async function journeys(env: Record<string, string>): Promise<PartResult> {
  // Playwright takes a relative path from its configuration's folder.
  const report = resolve(REPORTS, "journeys.json");
  const args = ["test", "--config", "playwright/playwright.config.ts", "--reporter=list,json"];
  const { isGreen } = await program("playwright", args, {
    ...env,
    CHROMIUM_BIN: await resolveChromium(),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return reported(isGreen, report, readPlaywrightReport);
}

/** Reads a report with `read`. A run that left none, or without a single test, is not green: it proved nothing. */
async function reported(isGreen: boolean, report: string, read: (text: string) => ReportedTests): Promise<PartResult> {
  const text = await readFile(report, "utf8").catch(() => null);
  const tests = text === null ? NO_REPORT : read(text);
  return { isGreen: isGreen && tests.passed > 0, tests };
}
