import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { resolveChromium } from "#peers/chromium/resolve-chromium.ts";

import { buildUi } from "../build/build-ui.ts";
import { parseFlags } from "../parse-flags.ts";
import { runProgram } from "../run-program.ts";
import { NO_REPORT, readPlaywrightReport, type ReportedTests } from "./test-reports.ts";
import { REPORT_FILE } from "./vitest-reporter.ts";

const REPORTS = ".weft/test";
const FAILURES_TOLD = 20;
const REPORTER = "./cli/commands/vitest-reporter.ts";

interface Part {
  name: string;
  /** Left out of `--fast`. */
  isSlow?: boolean;
  run(): Promise<PartResult>;
}

interface PartResult {
  isGreen: boolean;
  /** Where the part counts tests: those that ran, and why some failed. */
  tests?: ReportedTests;
}

const bin = (name: string): string => join("node_modules", ".bin", name);

async function program(command: string, args: string[], env: Record<string, string> = {}): Promise<PartResult> {
  return { isGreen: (await runProgram(command, args, { env })) === 0 };
}

/** Reads a report with `read`. A run that left none, or without a single test, is not green: it proved nothing. */
async function reported(isGreen: boolean, report: string, read: (text: string) => ReportedTests): Promise<PartResult> {
  const text = await readFile(report, "utf8").catch(() => null);
  const tests = text === null ? NO_REPORT : read(text);
  return { isGreen: isGreen && tests.passed > 0, tests };
}

async function vitest(project: string, env: Record<string, string>): Promise<PartResult> {
  const report = resolve(REPORTS, `${project}.json`);
  const args = ["run", "--project", project, "--reporter=dot", `--reporter=${REPORTER}`];
  const { isGreen } = await program(bin("vitest"), args, { ...env, [REPORT_FILE]: report });
  return reported(isGreen, report, (text) => JSON.parse(text) as ReportedTests);
}

async function journeys(env: Record<string, string>): Promise<PartResult> {
  // Playwright takes a relative path from its configuration's folder.
  const report = resolve(REPORTS, "journeys.json");
  const chromium = await resolveChromium();
  const { isGreen } = await program(bin("playwright"), ["test", "--config", "playwright/playwright.config.ts", "--reporter=list,json"], {
    ...env,
    CHROMIUM_BIN: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return reported(isGreen, report, readPlaywrightReport);
}

function partsOf(isLong: boolean): Part[] {
  // A real Jaeger is ten minutes of building: asked for once, found by every later run.
  const env = isLong ? { WEFT_TEST_LONG: "1", JAEGER_BUILD: "on" } : {};
  return [
    { name: "format", run: () => program(bin("oxfmt"), ["--check", "."]) },
    { name: "lint and boundaries", run: () => program(bin("oxlint"), ["--deny-warnings"]) },
    { name: "types", run: () => program(bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]) },
    { name: "dead code", run: () => program(bin("knip"), ["--no-progress"]) },
    { name: "unit and architecture", run: () => vitest("unit", env) },
    { name: "build", isSlow: true, run: async () => (await buildUi(), { isGreen: true }) },
    { name: "integration with real servers", isSlow: true, run: () => vitest("integration", env) },
    { name: "journeys in the browser", isSlow: true, run: () => journeys(env) },
  ];
}

/** `./weft test`: everything that must hold. Every part runs even when an earlier one failed. */
export async function test(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, { fast: "boolean", long: "boolean" });
  await rm(REPORTS, { recursive: true, force: true });
  await mkdir(REPORTS, { recursive: true });
  const parts = partsOf(flags.long === true).filter((part) => flags.fast !== true || part.isSlow !== true);
  const lines: string[] = [];
  const failures: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const part of parts) {
    console.log(`\n== ${part.name}`);
    const startedMs = performance.now();
    const result = await part.run().catch((error: unknown): PartResult => {
      console.error(error instanceof Error ? error.message : error);
      return { isGreen: false };
    });
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    const { isGreen, tests } = result;
    // A part without tests of its own counts as one.
    passed += tests?.passed ?? (isGreen ? 1 : 0);
    failed += Math.max(tests?.failed ?? 0, isGreen ? 0 : 1);
    failures.push(...(tests?.failures ?? []));
    const counts = tests === undefined ? "" : `  ${tests.passed} passed, ${tests.failed} failed`;
    lines.push(`${isGreen ? "green" : "RED  "}  ${seconds.padStart(7)} s  ${part.name}${counts}`);
  }
  // Told once more at the end: between a failure and here may be thousands of lines.
  if (failures.length > 0) console.log(`\n== what failed\n${failures.slice(0, FAILURES_TOLD).join("\n\n")}`);
  if (failures.length > FAILURES_TOLD) console.log(`\nand ${failures.length - FAILURES_TOLD} more, told above`);
  console.log(`\n${lines.join("\n")}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
