import { createCounterBook } from "#collectors/shared/exposition/counter-book.ts";
import { authHeaders, type HttpIdentity } from "#collectors/shared/http-auth.ts";
import { OutcomeBoard } from "#collectors/shared/outcome-board.ts";
import { RepeatedLook } from "#collectors/shared/repeated-look.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { Feed } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import { printable } from "#lib/routing/printable.ts";

import { findingsOf, type Finding } from "./findings.ts";
import { flips, mapTraffic } from "./map-traffic.ts";
import { isTrackedName, trackSeries, type CountedSeries } from "./tracked-series.ts";

export interface CollectorFeedOptions extends HttpIdentity {
  id: string;
  /** Of the exposition itself, such as `http://otel-collector:8889/metrics`. */
  url: string;
  /** How often it is read. Default 10 s, in which a report is booked as a whole. */
  intervalMs?: number | undefined;
  /** Default 5 s. */
  timeoutMs?: number | undefined;
}

export interface CollectorFeedParts {
  http: HttpFetcher;
  clock: Clock;
  scheduler: Scheduler;
  readText: (path: string) => Promise<string>;
  /** Where traffic is written. */
  store: SeriesStore;
}

export interface CollectorFeed extends Feed {
  /** See `MetricsSource.reportMs`. */
  readonly reportMs: number;
}

const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** An exporter leaves out what was not sent for five minutes, and brings it back as it was; connectors forget after fifteen. */
const PATIENCE_MS = 15 * 60_000;
const ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.9,*/*;q=0.1";

/**
 * Reads the metrics that an OpenTelemetry Collector's servicegraph and spanmetrics connectors make, from the Collector itself.
 * The first answer is the base line; what is added after it goes into the store. Nothing that goes wrong is thrown: it is a
 * state or a finding.
 */
export function createCollectorFeed(options: CollectorFeedOptions, parts: CollectorFeedParts): CollectorFeed {
  const { id, url, intervalMs = INTERVAL_MS } = options;
  const { clock, scheduler, store } = parts;
  const board = new OutcomeBoard({
    id,
    kind: "opentelemetry-collector",
    address: withoutQuery(url),
    gives: ["edges and their traffic, as spans tell them; read by the format in its connectors' sources, not tried on a running Collector"],
    dims: ["edges that only spans tell of"],
    clock,
  });
  const book = createCounterBook<CountedSeries, never>({
    patience: Math.ceil(PATIENCE_MS / intervalMs),
    wants: isTrackedName,
    track(series) {
      const counted = trackSeries(series);
      return counted === null ? null : { counted };
    },
  });
  let findings: Finding[] = [];
  let hasBaseLine = false;
  let isFlipping = false;
  let resetsInRow = 0;
  const polling = new RepeatedLook({ look: poll, intervalMs, clock, scheduler });

  async function poll(signal: AbortSignal): Promise<void> {
    try {
      const answer = await ask(options, parts, signal);
      if (signal.aborted) return;
      const read = answer.ok ? take(answer.value) : answer;
      if (!read.ok) board.failed(read.error, clock.nowMs());
    } catch (cause) {
      // A mistake of ours about one answer must not end the feed.
      board.failed(new WeftError("INTERNAL", `The answer of ${id} could not be worked with.`, { cause, sourceId: id }), clock.nowMs());
    }
  }

  function take({ text, elapsedMs }: HttpAnswer): Result<void> {
    const atMs = clock.nowMs();
    // Series that turn up all at once have a past that is not this feed's, however late they come.
    const folded = book.fold(text, hasBaseLine ? "continue" : "base-line");
    const { trouble, counted } = folded;
    if (folded.samples === 0 && trouble.malformed > 0) {
      return err(notMetrics(options, "answered with something that is no metrics"));
    }
    board.answered(atMs, elapsedMs);
    isFlipping ||= flips(folded);
    resetsInRow = folded.resets > 0 ? resetsInRow + 1 : 0;
    findings = findingsOf(id, { folded, isFlipping, resetsInRow });
    if (hasBaseLine) {
      const samples = mapTraffic(folded, isFlipping, atMs);
      store.markReported(atMs);
      if (samples.length > 0) {
        store.record(samples);
        board.saw(atMs);
      }
    }
    hasBaseLine ||= counted.length > 0;
    return ok(undefined);
  }

  function status(): SourceStatus {
    const told = board.status();
    if (told.state !== "healthy") return { ...told, findings };
    const [first] = findings;
    if (first !== undefined) return { ...told, state: "degraded", findings, lastError: `${id} ${first.text}.`, mend: first.mend };
    return { ...told, state: hasBaseLine ? "healthy" : "starting", findings };
  }

  return {
    id,
    reportMs: intervalMs,
    start: () => polling.start(),
    stop: () => polling.stop(),
    status,
  };
}

async function ask(
  options: CollectorFeedOptions,
  { http, readText }: CollectorFeedParts,
  signal: AbortSignal,
): Promise<Result<HttpAnswer>> {
  const { id, url, timeoutMs = TIMEOUT_MS } = options;
  const headers = await authHeaders(id, options, readText);
  if (!headers.ok) return headers;
  const answer = await http.get({ url, timeoutMs, maxBytes: MAX_BYTES, headers: { accept: ACCEPT, ...headers.value }, signal });
  if (!answer.ok) {
    const { code, message, isRetryable, mend } = answer.error;
    return err(
      new WeftError(code, `${id}: ${message}`, {
        isRetryable,
        sourceId: id,
        cause: answer.error,
        mend:
          mend ??
          "Check that the Collector runs, that its metrics pipeline has a prometheus exporter, and that the address is the exporter's.",
      }),
    );
  }
  const { status, mediaType, headers: answered } = answer.value;
  const encoding = answered?.["content-encoding"] ?? "identity";
  if (encoding !== "identity") return err(compressed(options, encoding));
  if (status !== 200) return err(notMetrics(options, `answered with ${status}`, status));
  if (mediaType === "text/html" || mediaType === "application/json")
    return err(notMetrics(options, `answered with ${mediaType}, which is no metrics`));
  return answer;
}

/** Answers are asked for as they are; something that compresses all the same stands before the exporter. */
function compressed({ id }: CollectorFeedOptions, encoding: string): WeftError {
  return new WeftError("SOURCE_MALFORMED", `${id} answered in ${printable(encoding)}, which was not asked for.`, {
    sourceId: id,
    mend: "Let what stands before the Collector compress only where the question accepts it, or give Weft the exporter's own address.",
  });
}

function notMetrics({ id, url }: CollectorFeedOptions, what: string, status = 200): WeftError {
  const isDenied = status === 401 || status === 403;
  return new WeftError(
    status === 200 ? "SOURCE_MALFORMED" : "SOURCE_REFUSED",
    `${id} (${URL.parse(url)?.host ?? withoutQuery(url)}) ${what}.`,
    {
      sourceId: id,
      isRetryable: status >= 500 || status === 429,
      mend: isDenied
        ? `Give ${id} what identifies Weft: auth, tenant or headers in the configuration.`
        : "Check that the address is that of the Collector's prometheus exporter, with its path (/metrics).",
    },
  );
}

/** A query may hold what identifies Weft. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
