import { reachFinding } from "#collectors/shared/reach-finding.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { WeftError, type Result } from "#lib/model/errors.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { Feed } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

interface Examination {
  id: string;
  url: string;
  timeoutMs: number;
  /** Makes the feed over a fetcher, with what that opens. */
  open: (watch: (http: HttpFetcher) => HttpFetcher) => Feed;
  clock: Clock;
  scheduler: Scheduler;
}

const LOOK_MS = 50;
/** Without it spans tell of services, and of no edge. */
const EDGES = "traces_service_graph_request_total";

/** Examines a Collector by reading its exposition once, as Weft itself would. */
export function examineFeed({ id, url, timeoutMs, open, clock, scheduler }: Examination): ExaminedSource {
  return {
    id,
    kind: "opentelemetry-collector",
    address: url,
    async examine() {
      let last: Result<HttpAnswer> | null = null;
      const feed = open((http) => ({
        async get(request) {
          last = await http.get(request);
          return last;
        },
      }));
      feed.start();
      await told(feed, timeoutMs + 1_000, { clock, scheduler });
      const status = feed.status();
      await feed.stop();
      const at = { id, url, program: "a Collector's prometheus exporter", probe: "" };
      const failure = errorOf(last, status.state === "down" ? status.lastError : null);
      if (failure !== null) return [reachFinding(at, failure)];
      const isEmpty = !textOf(last).includes(EDGES);
      const takesAway = isEmpty ? `every edge that ${id} would tell of` : "parts of the edges that spans tell of";
      const findings = status.findings.map(({ text, mend }): DiagnosisFinding => ({
        level: isEmpty ? "error" : "warning",
        code: isEmpty ? "nothing-there" : "collector-setting",
        text: `${id} ${text}.`,
        takesAway,
        mend: mend ?? `See what it gives: curl -s '${url}'`,
      }));
      return [{ level: "fine", code: "reached", text: "The Collector answers.", takesAway: null, mend: null }, ...findings];
    },
  };
}

/** Waits until the feed knows how its first question went. */
function told(feed: Feed, longestMs: number, { clock, scheduler }: { clock: Clock; scheduler: Scheduler }): Promise<void> {
  const startedMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const look = (): void => {
      const { answeredInMs, lastError } = feed.status();
      if (answeredInMs !== null || lastError !== null || clock.monotonicMs() - startedMs > longestMs) resolve();
      else scheduler.after(LOOK_MS, look);
    };
    look();
  });
}

function textOf(last: Result<HttpAnswer> | null): string {
  return last?.ok === true ? last.value.text : "";
}

/** Why it could not be read; the feed's own sentence where the exchange itself went well. */
function errorOf(last: Result<HttpAnswer> | null, lastError: string | null): WeftError | null {
  if (last?.ok === false) return last.error;
  if (lastError === null) return null;
  return new WeftError(last !== null && last.value.status !== 200 ? "SOURCE_REFUSED" : "SOURCE_MALFORMED", lastError);
}
