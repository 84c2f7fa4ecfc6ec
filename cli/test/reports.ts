/** What failed: a test, a hook or a file. */
export interface Failure {
  /** The file of the test, as its runner takes it; `null` = it failed outside of all. */
  readonly file: string | null;
  /** Where, which test, and the beginning of why. */
  readonly text: string;
}

/** What a runner's report tells: how many tests passed and failed, and each failure. */
export interface ReportedTests {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

/** No report was left: nothing is known to have passed. */
export const NO_REPORT: ReportedTests = { passed: 0, failed: 0, failures: [] };

/** Lines of a failure's message that are told again at the end: what was expected and what came stand in the first ones. */
const MESSAGE_LINES = 24;

const ANSI = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, "gu");

/** A failure in `file` of the test `name` (empty = of the file itself), told with the beginning of `message` without its colours. */
export function failureIn(file: string | null, name: string, message: string): Failure {
  const where = [file ?? "outside of any test", ...(name === "" ? [] : [name])].join(" > ");
  const lines = message
    .replaceAll(ANSI, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return { file, text: [where, ...lines.slice(0, MESSAGE_LINES).map((line) => `    ${line}`)].join("\n") };
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
  const general = errors.map(({ message }) => failureIn(null, "", message ?? ""));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, failures: [...general, ...suites.flatMap(failuresOf)] };
}

function failuresOf(suite: PlaywrightSuite): Failure[] {
  const own = suite.specs.flatMap(({ title, file, line, tests }) =>
    tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) => {
        const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ""));
        return failureIn(file, `${title} (line ${line})`, messages.join("\n"));
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(failuresOf)];
}
