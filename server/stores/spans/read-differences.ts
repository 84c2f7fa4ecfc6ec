import type { DatabaseSync } from "node:sqlite";

import type { Differences, TraceFilter } from "#lib/model/trace.ts";
import { DifferenceCounter, type PropertyName, type Side } from "#lib/traces/differences.ts";

import type { Effort } from "./effort.ts";
import { findCandidates } from "./find-candidates.ts";
import { type ReadBounds, readTrace, traceOfNumber } from "./read-trace.ts";
import type { SpanCodec } from "./span-codec.ts";

/** Traces that are known to be selected, so that none of them is taken for one of the rest. */
const MOST_SELECTED = 20_000;
const MOST_LISTED = 100;
/** Of one trace: more of the same spans would not tell more. */
const BOUNDS: ReadBounds = { spans: 2_000, bytes: 4 * 1024 * 1024 };

/** What the selection was made by tells it apart trivially. */
function saidBySelection(base: TraceFilter, { service, operation, version, status }: TraceFilter): PropertyName[] {
  const said: PropertyName[] = [];
  if (status !== base.status) said.push({ service: null, key: "error" });
  if (service !== null && version !== base.version) said.push({ service, key: "version" });
  if (service !== null && operation !== base.operation) said.push({ service, key: "operation" });
  if (service !== null && service !== base.service) said.push({ service: null, key: "service" });
  return said;
}

/** What tells the newest traces of the selection from the newest others of the base, at most `limit` of each. */
export function readDifferences(
  db: DatabaseSync,
  codec: SpanCodec,
  base: TraceFilter,
  selection: TraceFilter,
  limit: number,
  effort: Effort,
): Differences {
  const selected = findCandidates({ db, codec, filter: selection, limit: MOST_SELECTED, effort });
  const isSelected = new Set(selected.traceNos);
  const all = findCandidates({ db, codec, filter: base, limit: limit + isSelected.size, effort });
  const others = all.traceNos.filter((no) => !isSelected.has(no));
  const counter = new DifferenceCounter();
  const add = (no: number | undefined, side: Side): void => {
    const trace = no === undefined ? null : traceOfNumber(db, no);
    if (trace !== null) counter.add(readTrace(db, codec, trace, effort, BOUNDS), side);
  };
  let isCut = false;
  for (let index = 0; index < Math.min(limit, Math.max(selected.traceNos.length, others.length)) && !isCut; index++) {
    add(selected.traceNos[index], "selection");
    add(others[index], "rest");
    isCut = effort.isSpent();
  }
  const { totals } = counter;
  return {
    selection: { traces: totals.selection },
    rest: { traces: totals.rest },
    items: counter.rank(MOST_LISTED, saidBySelection(base, selection)),
    isSampled: selected.hasMore || all.hasMore || totals.selection < selected.traceNos.length || totals.rest < others.length,
  };
}
