import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { SearchTerm, TraceFilter } from "#lib/model/trace.ts";
import type { Clock } from "#lib/ports/time.ts";
import { parseSearchTerms } from "#lib/traces/search-terms.ts";

/** Conditions on traces as a caller puts them; what is left out lets everything through. */
export interface TraceConditionsInput {
  /** A service's name, or its id in the graph: `namespace/service`. */
  service?: string | undefined;
  operation?: string | undefined;
  version?: string | undefined;
  status?: "ok" | "error" | undefined;
  minMs?: number | undefined;
  maxMs?: number | undefined;
  /** Terms of the search language. */
  q: string;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  /** Length of the window where `fromMs` is left out. */
  windowMs: number;
}

/** Names of the fields that errors point at. */
interface FieldNames {
  min: string;
  max: string;
  q: string;
  from: string;
}

const FIELDS: FieldNames = { min: "minMs", max: "maxMs", q: "q", from: "from" };

/** The window from `fromMs`, or of the given length, to `toMs` or now. Errors: INVALID when it ends before it starts. */
export function windowOf(
  clock: Clock,
  input: { fromMs?: number | undefined; toMs?: number | undefined; windowMs: number },
  field: string = FIELDS.from,
): Result<TimeWindow> {
  const toMs = input.toMs ?? clock.nowMs();
  const fromMs = input.fromMs ?? toMs - input.windowMs;
  if (fromMs < toMs) return ok({ fromMs, toMs });
  return err(new WeftError("INVALID", "The window ends before it starts", { field, mend: "Give a from that is earlier than to" }));
}

/** Turns what was asked into a filter. Errors: INVALID with the field that is wrong. */
export function toTraceFilter(clock: Clock, input: TraceConditionsInput): Result<TraceFilter> {
  const window = windowOf(clock, input);
  if (!window.ok) return window;
  const terms = readTerms(input.q, FIELDS.q);
  if (!terms.ok) return terms;
  return checkDurations(
    {
      ...readService(input.service),
      operation: input.operation ?? null,
      version: input.version ?? null,
      status: input.status ?? null,
      minMs: input.minMs ?? null,
      maxMs: input.maxMs ?? null,
      terms: terms.value,
      ...window.value,
    },
    FIELDS,
  );
}

/** What makes the selection narrower than the traces it is compared with; at least one of these. */
export interface SelectionInput {
  version?: string | undefined;
  status?: "ok" | "error" | undefined;
  minMs?: number | undefined;
  maxMs?: number | undefined;
  q: string;
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

const SELECTION_FIELDS: FieldNames = { min: "selMinMs", max: "selMaxMs", q: "selQ", from: "selFrom" };

/** The part of `base` that the selection's conditions leave. Errors: INVALID when they leave everything or nothing. */
export function narrowFilter(base: TraceFilter, input: SelectionInput): Result<TraceFilter> {
  const terms = readTerms(input.q, SELECTION_FIELDS.q);
  if (!terms.ok) return terms;
  const { q: _, ...conditions } = input;
  if (terms.value.length === 0 && Object.values(conditions).every((value) => value === undefined)) {
    return err(
      new WeftError("INVALID", "The selection is everything", {
        field: SELECTION_FIELDS.q,
        mend: "Give at least one condition that begins with sel",
      }),
    );
  }
  const fromMs = Math.max(base.fromMs, input.fromMs ?? base.fromMs);
  const toMs = Math.min(base.toMs, input.toMs ?? base.toMs);
  if (fromMs >= toMs) {
    return err(
      new WeftError("INVALID", "The selection's window lies outside that of the traces, or ends before it starts", {
        field: SELECTION_FIELDS.from,
        mend: "Give a selFrom and selTo between from and to",
      }),
    );
  }
  return checkDurations(
    {
      ...base,
      version: input.version ?? base.version,
      status: input.status ?? base.status,
      minMs: greater(base.minMs, input.minMs),
      maxMs: smaller(base.maxMs, input.maxMs),
      terms: [...base.terms, ...terms.value],
      fromMs,
      toMs,
    },
    SELECTION_FIELDS,
  );
}

function greater(a: number | null, b: number | undefined): number | null {
  return a === null || b === undefined ? (b ?? a) : Math.max(a, b);
}

function smaller(a: number | null, b: number | undefined): number | null {
  return a === null || b === undefined ? (b ?? a) : Math.min(a, b);
}

/** A service that tells no namespace has an id of its own kind in the graph; both ways to name it are taken. */
function readService(text: string | undefined): Pick<TraceFilter, "service" | "namespace"> {
  if (text === undefined || text === "") return { service: null, namespace: null };
  const { service, namespace } = parseNodeId(text);
  return { service, namespace };
}

function readTerms(text: string, field: string): Result<SearchTerm[]> {
  const terms = parseSearchTerms(text);
  if (terms.ok || field === FIELDS.q) return terms;
  const { message, mend } = terms.error;
  return err(new WeftError("INVALID", message, { field, ...(mend === null ? {} : { mend }) }));
}

function checkDurations(filter: TraceFilter, fields: FieldNames): Result<TraceFilter> {
  const { minMs, maxMs } = filter;
  if (minMs === null || maxMs === null || minMs <= maxMs) return ok(filter);
  return err(
    new WeftError("INVALID", "The shortest duration is longer than the longest", {
      field: fields.min,
      mend: `Give a ${fields.min} that is at most ${fields.max}`,
    }),
  );
}
