/** What a runner's report tells: how many tests passed and failed, and each failure. */
export interface ReportedTests {
  readonly passed: number;
  readonly failed: number;
  /** A test, a hook or a file each: where, and the beginning of why. */
  readonly failures: readonly string[];
}

/** No report was left: nothing is known to have passed. */
export const NO_REPORT: ReportedTests = { passed: 0, failed: 0, failures: [] };

/** Lines of a failure's message that are told again at the end: what was expected and what came stand in the first ones. */
const MESSAGE_LINES = 24;

const ANSI = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, "gu");

/** `where` on a line, and below it the beginning of `message` without its colours. */
export function failureText(where: string, message: string): string {
  const lines = message
    .replaceAll(ANSI, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [where, ...lines.slice(0, MESSAGE_LINES).map((line) => `    ${line}`)].join("\n");
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs: {
    title: string;
    file: string;
    line: number;
    tests: { status: string; results: { errors: { message?: string }[] }[] }[];
  }[];
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
  suites: PlaywrightSuite[];
  errors: { message?: string }[];
}

/** Reads the report of Playwright's `json` reporter. A test that failed before it passed counts as failed. */
export function readPlaywrightReport(text: string): ReportedTests {
  const { stats, suites, errors } = JSON.parse(text) as PlaywrightReport;
  const general = errors.map(({ message }) => failureText("outside of any test", message ?? ""));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, failures: [...general, ...suites.flatMap(failuresOf)] };
}

function failuresOf(suite: PlaywrightSuite): string[] {
  const own = suite.specs.flatMap(({ title, file, line, tests }) =>
    tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) => {
        const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ""));
        return failureText(`${file}:${line} > ${title}`, messages.join("\n"));
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(failuresOf)];
}
