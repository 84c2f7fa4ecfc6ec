import type { DatabaseSync } from "node:sqlite";

import { err, type Result, WeftError } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { Differences, Exemplar, OperationRed, Trace, TraceFilter, TraceSearch, TraceService, TraceSummary } from "#lib/model/trace.ts";
import type { ExemplarSubject } from "#lib/ports/traces.ts";
import { NOTHING_KEPT, reachNotice } from "#lib/red/memory-reach.ts";

import type { Effort } from "./effort.ts";
import { filterWords, windowWords } from "./filter-words.ts";
import { findCandidates } from "./find-candidates.ts";
import { ReadConnection } from "./read-connection.ts";
import { readDifferences } from "./read-differences.ts";
import { readEdges, type SpanEdges } from "./read-edges.ts";
import { readExemplars } from "./read-exemplars.ts";
import { readOperations } from "./read-operations.ts";
import { MOST_OPERATIONS, readServices } from "./read-services.ts";
import { type KeptTrace, type ReadBounds, readOtlpJson, readTrace, TRACE_BOUNDS, traceOfId } from "./read-trace.ts";
import type { SpanCodec } from "./span-codec.ts";
import { TraceSummaries } from "./trace-summaries.ts";

/** One question: the file, the wall time of who asks, and how long the answer may take. */
export interface Question {
  path: string;
  nowMs: number;
  effort: Effort;
}

/** Answers from the file of spans. Every call blocks its thread for as long as its effort lets it. */
export class SpanReader {
  private readonly id: string;
  private readonly codec: SpanCodec;
  private readonly bounds: ReadBounds;
  private readonly connection: ReadConnection;

  constructor(id: string, codec: SpanCodec, bounds = TRACE_BOUNDS) {
    this.id = id;
    this.bounds = bounds;
    this.codec = codec;
    this.connection = new ReadConnection(id);
  }

  services(question: Question): Result<Sourced<TraceService[]>> {
    return this.answer(question, "services and operations of all spans that are kept", (db) => {
      const { services, isCut } = readServices(db);
      const text = `Of services with more operations, the ${MOST_OPERATIONS} with most spans are listed`;
      return { value: services, notices: isCut ? [this.notice("operations-cut", text, null)] : [] };
    });
  }

  find(question: Question, filter: TraceFilter, limit: number): Result<Sourced<TraceSearch>> {
    const { effort } = question;
    return this.answer(question, filterWords(filter), (db) => {
      const { traceNos, hasMore, searchedToMs } = findCandidates({ db, codec: this.codec, filter, limit, effort });
      const summaries = new TraceSummaries(db);
      const items: TraceSummary[] = [];
      let searchedTo = searchedToMs === null ? null : new Date(searchedToMs).toISOString();
      for (const no of traceNos) {
        const last = items.at(-1);
        if (last !== undefined && effort.isSpent()) {
          searchedTo = last.startedAt;
          break;
        }
        const summary = summaries.of(no);
        if (summary !== null) items.push(summary);
      }
      const value = { items, hasMore: hasMore || items.length < traceNos.length, searchedTo };
      if (searchedTo === null) return { value, notices: this.unkept(db, filter) };
      const text = `The search was ended before it had looked at everything: traces that started before ${searchedTo} are missing`;
      return { value, notices: [this.notice("search-cut", text, "Name a service, or choose a shorter time")] };
    });
  }

  trace(question: Question, id: string): Result<Sourced<Trace>> {
    const answer = this.answer(question, `trace ${id}`, (db) => {
      const kept = traceOfId(db, id);
      const trace = kept === null ? null : readTrace(db, this.codec, kept, question.effort, this.bounds);
      return { value: trace, notices: trace === null ? [] : this.omission(trace.omitted) };
    });
    return this.found(answer, id);
  }

  otlpJson(question: Question, id: string): Result<Sourced<string>> {
    const answer = this.answer(question, `trace ${id} as it was sent`, (db) => {
      const kept: KeptTrace | null = traceOfId(db, id);
      return { value: kept === null ? null : readOtlpJson(db, this.codec, kept, question.effort, this.bounds), notices: [] };
    });
    return this.found(answer, id);
  }

  differences(question: Question, base: TraceFilter, selection: TraceFilter, limit: number): Result<Sourced<Differences>> {
    return this.answer(question, `${filterWords(selection)}, against ${filterWords(base)}`, (db) => {
      const value = readDifferences(db, this.codec, base, selection, limit, question.effort);
      const notice = this.notice(
        "comparison-cut",
        "Time was over before all traces were compared; the newest were",
        "Choose a shorter time",
      );
      return { value, notices: question.effort.isSpent() ? [notice] : [] };
    });
  }

  operations(question: Question, window: TimeWindow, service: string): Result<Sourced<OperationRed[]>> {
    const query = `operations of ${service} counted from spans, ${windowWords(window)}`;
    return this.answer(question, query, (db) => ({ value: readOperations(db, window, service), notices: this.unkept(db, window) }));
  }

  exemplars(question: Question, window: TimeWindow, subject: ExemplarSubject, limit: number): Result<Sourced<Exemplar[]>> {
    const callers = subject.source === null ? "" : ` from ${subject.source}`;
    const query = `requests${callers} to ${subject.target}, ${windowWords(window)}`;
    return this.answer(question, query, (db) => ({
      value: readExemplars(db, window, subject, limit, question.effort),
      notices: this.unkept(db, window),
    }));
  }

  edges(question: Question, window: TimeWindow): Result<Sourced<SpanEdges>> {
    return this.answer(question, `calls between services, ${windowWords(window)}`, (db) => ({ value: readEdges(db, window), notices: [] }));
  }

  close(): void {
    this.connection.close();
  }

  private answer<T>(
    { path, nowMs }: Question,
    query: string,
    read: (db: DatabaseSync) => { value: T; notices: Notice[] },
  ): Result<Sourced<T>> {
    return this.connection.read(path, (db) => {
      const { value, notices } = read(db);
      const provenance = [{ source: this.id, kind: "otlp", query, observedAt: newestStart(db, nowMs) }];
      return { value, provenance, notices, coverage: notices.length === 0 ? "complete" : "partial" };
    });
  }

  private found<T>(answer: Result<Sourced<T | null>>, id: string): Result<Sourced<T>> {
    if (!answer.ok) return answer;
    const { value, ...evidence } = answer.value;
    if (value !== null) return { ok: true, value: { ...evidence, value } };
    return err(
      new WeftError("NOT_FOUND", `No span of trace ${id} is kept here`, {
        field: "id",
        mend: "Its spans may never have been sent to Weft, or they were removed to make room for newer ones",
        sourceId: this.id,
      }),
    );
  }

  /** Said of a window that ends before the oldest trace: an empty answer about it says nothing of what happened then. */
  private unkept(db: DatabaseSync, window: TimeWindow): Notice[] {
    const row = db.prepare("SELECT first_at_ms FROM traces ORDER BY first_at_ms LIMIT 1").get();
    const keptFromMs = row === undefined ? null : Number(row["first_at_ms"]);
    const notice = reachNotice(window, {
      source: this.id,
      keptFromMs,
      mend: "Choose a later moment, or keep spans longer: --keep-spans-hours",
    });
    return notice?.code === NOTHING_KEPT ? [notice] : [];
  }

  private omission(omitted: number): Notice[] {
    if (omitted === 0) return [];
    return [
      this.notice("spans-omitted", `${omitted} later spans of this trace are kept but were not loaded`, "Export it to see more of them"),
    ];
  }

  private notice(code: string, text: string, mend: string | null): Notice {
    return { level: "warning", code, text, source: this.id, mend };
  }
}

/** Start of the newest trace. Clocks of senders may be ahead: what has not been yet was not observed. */
function newestStart(db: DatabaseSync, nowMs: number): string | null {
  const row = db.prepare("SELECT first_at_ms FROM traces WHERE first_at_ms <= ? ORDER BY first_at_ms DESC LIMIT 1").get(nowMs);
  return row === undefined ? null : new Date(Number(row["first_at_ms"])).toISOString();
}
