import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Provenance, Sourced } from "#lib/model/evidence.ts";
import type { Differences, Trace, TraceFilter, TraceSearch, TraceService } from "#lib/model/trace.ts";
import type { Clock } from "#lib/ports/time.ts";
import type { TraceSource } from "#lib/ports/traces.ts";
import { DifferenceCounter } from "#lib/traces/differences.ts";
import { matchesFilter } from "#lib/traces/match-trace.ts";
import { summarizeTrace } from "#lib/traces/summarize-trace.ts";

import type { OutcomeBoard } from "./outcome-board.ts";

/** What a back end answered, the question as it was put, and what the reader must know about both. */
export interface Told<T> {
  value: T;
  query: string;
  notices: Notice[];
}

/** Traces that came for one question of a search. */
export interface Looked {
  traces: readonly Trace[];
  /** As many came as were asked for, so that there may be more. */
  isFull: boolean;
  /** Nothing that meets the filter was kept back by what was put into the question. */
  isSound: boolean;
}

export interface Look {
  answers: Looked[];
  /** Conditions that the back end was not asked for, as words for a sentence; Weft tests them itself. */
  untold: string[];
}

/** What is particular to one kind of back end. Errors are those of `TraceSource`. */
export interface TraceBackEnd {
  /** What the back end can mean by a filter: it may fold names as the back end does, or drop what it never knows. */
  adapt(filter: TraceFilter): { filter: TraceFilter; notices: Notice[] };
  /** One cheap question, so that the board learns how the back end is. */
  greet(): Promise<unknown>;
  services(signal: AbortSignal | undefined): Promise<Result<Told<TraceService[]>>>;
  /** Whole traces, the newest that may meet the filter; `limit` of those that do are wanted. */
  look(filter: TraceFilter, limit: number, signal: AbortSignal | undefined): Promise<Result<Told<Look>>>;
  /** `null` = it has no such trace. */
  trace(id: string, signal: AbortSignal | undefined): Promise<Result<Told<Trace | null>>>;
}

export interface TraceReaderParts {
  id: string;
  kind: string;
  clock: Clock;
  board: OutcomeBoard;
  backEnd: TraceBackEnd;
}

const SHOWN_DIFFERENCES = 200;
/** A status is at most about this old while somebody looks at it. */
const GREET_AFTER_MS = 30_000;

interface Found {
  /** Meet the filter, newest first. */
  traces: Trace[];
  /** There are no others. */
  isComplete: boolean;
  /** Start of the earliest trace that was looked at, epoch milliseconds; `null` = none was. */
  earliestMs: number | null;
  query: string;
  notices: Notice[];
}

/**
 * A `TraceSource` over a back end that is asked for whole traces. Every condition is tested here once more, so that what a
 * back end does not know, or means otherwise, never lets a wrong trace through.
 */
export function createTraceReader({ id, kind, clock, board, backEnd }: TraceReaderParts): TraceSource {
  let greeting: Promise<unknown> | null = null;

  function sourced<T>(value: T, queries: readonly string[], notices: Notice[], isPartial: boolean): Sourced<T> {
    const observedAt = new Date(clock.nowMs()).toISOString();
    const provenance = queries.map((query): Provenance => ({ source: id, kind, query, observedAt }));
    return { value, provenance, notices, coverage: isPartial ? "partial" : "complete" };
  }

  async function search(asked: TraceFilter, limit: number, signal: AbortSignal | undefined): Promise<Result<Found>> {
    const { filter, notices } = backEnd.adapt(asked);
    const look = await backEnd.look(filter, limit, signal);
    if (!look.ok) return look;
    const { answers, untold } = look.value.value;
    const byId = new Map<string, Trace>();
    for (const { traces } of answers) for (const trace of traces) if (!byId.has(trace.id)) byId.set(trace.id, trace);
    const starts = [...byId.values()].map((trace) => startMsOf(trace));
    for (const startMs of starts) board.saw(startMs);
    const isComplete = answers.some(({ isFull, isSound }) => isSound && !isFull);
    return ok({
      traces: [...byId.values()].filter((trace) => matchesFilter(trace, filter)).toSorted((a, b) => startMsOf(b) - startMsOf(a)),
      isComplete,
      earliestMs: starts.length === 0 ? null : Math.min(...starts),
      query: look.value.query,
      notices: [...notices, ...look.value.notices, ...(untold.length === 0 ? [] : [untoldNotice(id, untold, byId.size, isComplete)])],
    });
  }

  return {
    id,
    status() {
      const isOld = board.heardMs === null || clock.nowMs() - board.heardMs > GREET_AFTER_MS;
      if (isOld && greeting === null) greeting = backEnd.greet().finally(() => (greeting = null));
      return board.status();
    },
    async services(signal) {
      const told = await backEnd.services(signal);
      if (!told.ok) return told;
      const { value, query, notices } = told.value;
      return ok(sourced(value, [query], notices, notices.length > 0));
    },
    async find(filter, limit, signal) {
      const found = await search(filter, limit, signal);
      if (!found.ok) return found;
      const { traces, isComplete, earliestMs, query, notices } = found.value;
      const answer: TraceSearch = {
        items: traces.slice(0, limit).flatMap((trace) => summarizeTrace(trace) ?? []),
        hasMore: !isComplete || traces.length > limit,
        searchedTo: isComplete || earliestMs === null ? null : new Date(Math.max(earliestMs, filter.fromMs)).toISOString(),
      };
      return ok(sourced(answer, [query], notices, notices.length > 0));
    },
    async trace(traceId, signal) {
      const told = await backEnd.trace(traceId, signal);
      if (!told.ok) return told;
      const { value, query, notices } = told.value;
      if (value === null) {
        const mend = "It may have been removed there, or not have been sampled; try another source.";
        return err(new WeftError("NOT_FOUND", `${id} has no trace ${traceId}.`, { field: "id", mend, sourceId: id }));
      }
      return ok(sourced(value, [query], notices, notices.length > 0));
    },
    async differences(base, selection, limit, signal) {
      // Twice as many: what belongs to the selection is not of the rest.
      const [chosen, all] = await Promise.all([search(selection, limit, signal), search(base, limit * 2, signal)]);
      if (!chosen.ok) return chosen;
      if (!all.ok) return all;
      const counter = new DifferenceCounter();
      const ofSelection = chosen.value.traces.slice(0, limit);
      // Traces of the base that meet the conditions belong to the selection, also those that the other search did not reach.
      const met = new Set(chosen.value.traces.map((trace) => trace.id));
      const { filter } = backEnd.adapt(selection);
      const ofRest = all.value.traces.filter((trace) => !met.has(trace.id) && !matchesFilter(trace, filter)).slice(0, limit);
      for (const trace of ofSelection) counter.add(trace, "selection");
      for (const trace of ofRest) counter.add(trace, "rest");
      const { totals } = counter;
      const differences: Differences = {
        selection: { traces: totals.selection },
        rest: { traces: totals.rest },
        items: counter.rank(SHOWN_DIFFERENCES),
        isSampled: [chosen.value, all.value].some(({ isComplete, traces }) => !isComplete || traces.length > limit),
      };
      const notices = uniqueNotices([...chosen.value.notices, ...all.value.notices]);
      return ok(sourced(differences, [chosen.value.query, all.value.query], notices, notices.length > 0));
    },
  };
}

function startMsOf(trace: Trace): number {
  return Number(BigInt(trace.startUnixNano) / 1_000n) / 1_000;
}

function untoldNotice(source: string, untold: readonly string[], traces: number, isComplete: boolean): Notice {
  const looked = traces === 1 ? "1 trace" : `${traces} traces`;
  const where = isComplete ? `all it gave (${looked})` : `the newest that it gave (${looked}); there may be others`;
  const text = `${source} cannot be asked for ${inWords(untold)}; Weft tested that itself on ${where}.`;
  const mend = isComplete ? null : "Shorten the time, or name a service and an operation.";
  return { level: isComplete ? "info" : "warning", code: "CONDITION_TESTED_HERE", text, source, mend };
}

function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function uniqueNotices(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.code} ${notice.text}`, notice])).values()];
}
