import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { resolveChromium } from "#peers/chromium/resolve-chromium.ts";

import { buildUi } from "../build/build-ui.ts";
import { parseFlags } from "../parse-flags.ts";
import { runProgram } from "../run-program.ts";

const REPORTS = ".weft/test";

interface Part {
  name: string;
  /** Left out of `--fast`. */
  isSlow?: boolean;
  run(): Promise<PartResult>;
}

interface PartResult {
  isGreen: boolean;
  /** Tests that ran, where the part counts tests. */
  passed?: number;
  failed?: number;
}

const bin = (name: string): string => join("node_modules", ".bin", name);

async function program(command: string, args: string[], env: Record<string, string> = {}): Promise<PartResult> {
  return { isGreen: (await runProgram(command, args, { env })) === 0 };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
}

/** Runs one vitest project. A run without a single test is not green: it proved nothing. */
async function vitest(project: string, env: Record<string, string>): Promise<PartResult> {
  const report = join(REPORTS, `${project}.json`);
  const args = ["run", "--project", project, "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const { isGreen } = await program(bin("vitest"), args, env);
  const counted = JSON.parse(await readFile(report, "utf8").catch(() => '{"numPassedTests":0,"numFailedTests":0}')) as VitestReport;
  return { isGreen: isGreen && counted.numPassedTests > 0, passed: counted.numPassedTests, failed: counted.numFailedTests };
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
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
  const { stats } = JSON.parse(
    await readFile(report, "utf8").catch(() => '{"stats":{"expected":0,"unexpected":0,"flaky":0}}'),
  ) as PlaywrightReport;
  return { isGreen: isGreen && stats.expected > 0, passed: stats.expected, failed: stats.unexpected + stats.flaky };
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
    // A part without tests of its own counts as one.
    passed += result.passed ?? (result.isGreen ? 1 : 0);
    failed += Math.max(result.failed ?? 0, result.isGreen ? 0 : 1);
    const tests = result.passed === undefined ? "" : `  ${result.passed} passed, ${result.failed ?? 0} failed`;
    lines.push(`${result.isGreen ? "green" : "RED  "}  ${seconds.padStart(7)} s  ${part.name}${tests}`);
  }
  console.log(`\n${lines.join("\n")}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
