import { mkdir, rm } from "node:fs/promises";

import { buildUi } from "../build/build-ui.ts";
import { parseFlags } from "../parse-flags.ts";
import { journeys, program, REPORTS, vitest, type PartResult } from "../test/runners.ts";

const FAILURES_TOLD = 20;

interface Part {
  name: string;
  /** Left out of `--fast`. */
  isSlow?: boolean;
  run(): Promise<PartResult>;
}

function partsOf(isLong: boolean): Part[] {
  // A real Jaeger is ten minutes of building: asked for once, found by every later run.
  const env = isLong ? { WEFT_TEST_LONG: "1", JAEGER_BUILD: "on" } : {};
  return [
    { name: "format", run: () => program("oxfmt", ["--check", "."]) },
    { name: "lint and boundaries", run: () => program("oxlint", ["--deny-warnings"]) },
    { name: "types", run: () => program("tsc", ["--noEmit", "-p", "tsconfig.json"]) },
    { name: "dead code", run: () => program("knip", ["--no-progress"]) },
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
