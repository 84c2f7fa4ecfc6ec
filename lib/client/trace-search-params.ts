import { createParser, parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates, type inferParserType } from "nuqs";

import { stretchOf } from "./moment.ts";
import { windowMs } from "./search-params.ts";
import type { TraceRequest, TraceSelection } from "./trace-queries.ts";

/** How many traces are loaded at once. */
export const LIMITS = [200, 500, 1_000] as const;

const LONGEST_MS = 86_400_000;

/** A duration in milliseconds; anything the API would refuse counts as absent. */
export const parseAsMs = createParser<number>({
  parse: (text) => {
    const ms = Number(text);
    return text.trim() !== "" && ms >= 0 && ms <= LONGEST_MS ? ms : null;
  },
  serialize: String,
});

/** An instant, ISO; what is no instant counts as absent. */
export const parseAsInstant = createParser<string>({
  parse: (text) => {
    const ms = Date.parse(text);
    return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
  },
  serialize: (iso) => iso,
});

const parseAsLimit = createParser<number>({
  parse: (text) => LIMITS.find((limit) => String(limit) === text) ?? null,
  serialize: String,
});

const name = parseAsString.withDefault("");
const result = parseAsStringLiteral(["ok", "error"] as const);

/** Everything that the search is, in the address; fields are spelled as the API spells them where it has them. */
export const traceSearchParsers = {
  service: name,
  operation: name,
  version: name,
  status: result,
  minMs: parseAsMs,
  maxMs: parseAsMs,
  q: name,
  from: parseAsInstant,
  to: parseAsInstant,
  /** The window, with its end, that was chosen when `from` and `to` were set by a selection: another choice in the top bar outdoes them. */
  pin: name,
  /** Bounds of the whole trace's duration, which the API cannot be asked for beside a service; the page applies them itself. */
  wholeMin: parseAsMs,
  wholeMax: parseAsMs,
  source: name,
  limit: parseAsLimit.withDefault(LIMITS[0]),
  /** The selection: a stretch of time, of durations, a version. */
  selFrom: parseAsInstant,
  selTo: parseAsInstant,
  selMin: parseAsMs,
  selMax: parseAsMs,
  selVersion: name,
  /** Whether the differences of the selection are shown. */
  diff: parseAsBoolean.withDefault(false),
  scale: parseAsStringLiteral(["log", "linear"] as const).withDefault("log"),
};

export type TraceSearchState = inferParserType<typeof traceSearchParsers>;

/** A change of the search; `null` drops a field. */
export type TraceSearchChange = { [Key in keyof TraceSearchState]?: TraceSearchState[Key] | null };

/** The search of the page, and how to change it. Every change is a step of the back button. */
export function useTraceSearch(): [TraceSearchState, (change: TraceSearchChange) => void] {
  const [state, setState] = useQueryStates(traceSearchParsers, { history: "push" });
  return [state, (change) => void setState(change)];
}

/** Which traces are selected, by start and by duration of the whole trace. `null` = open on that side. */
export interface TraceBounds {
  /** Epoch milliseconds. */
  fromMs: number | null;
  toMs: number | null;
  minMs: number | null;
  maxMs: number | null;
}

/** What the top bar chose, as `pin` holds it: the window, and its end where that is not now. */
export function pinOf(window: string, at: string | null): string {
  return at === null ? window : `${window} to ${at}`;
}

/** The stretch that a selection or a link fixed, ISO; `null` = the top bar's window holds. `pin` = its choice now. */
export function fixedStretch(state: TraceSearchState, pin: string): { from: string; to: string | null } | null {
  if (state.from === null || (state.pin !== "" && state.pin !== pin)) return null;
  return { from: state.from, to: state.to };
}

/** The stretch with two ends that is searched, ISO; `null` = the last `window`. */
export function searchedStretch(state: TraceSearchState, window: string, at: string | null): { from: string; to: string | null } | null {
  const fixed = fixedStretch(state, pinOf(window, at));
  if (fixed !== null || at === null) return fixed;
  const { from = at, to = at } = stretchOf(windowMs(window), at);
  return { from, to };
}

/** What is asked of the API. */
export function requestOf(state: TraceSearchState, window: string, at: string | null = null): TraceRequest {
  const { service, operation, version, status, minMs, maxMs, q, source } = state;
  return { service, operation, version, status, minMs, maxMs, q, source, window, ...searchedStretch(state, window, at) };
}

/** The same conditions over a stretch that stands still, for an answer that must fit what is on the screen. */
export function requestWithin(state: TraceSearchState, window: string, domain: readonly [number, number]): TraceRequest {
  const [from, to] = domain.map((ms) => new Date(ms).toISOString());
  return { ...requestOf(state, window), from: from ?? null, to: to ?? null };
}

/** The drawn selection; `null` = nothing is drawn. */
export function selectionBounds(state: TraceSearchState): TraceBounds | null {
  const { selFrom, selTo, selMin, selMax } = state;
  if (selFrom === null && selTo === null && selMin === null && selMax === null) return null;
  return {
    fromMs: selFrom === null ? null : Date.parse(selFrom),
    toMs: selTo === null ? null : Date.parse(selTo),
    minMs: selMin,
    maxMs: selMax,
  };
}

/** The selection as the API takes it; `null` = there is none. */
export function selectionRequest(state: TraceSearchState): TraceSelection | null {
  const { selFrom, selTo, selMin, selMax, selVersion } = state;
  if (selectionBounds(state) === null && selVersion === "") return null;
  return { selFrom, selTo, selMinMs: selMin, selMaxMs: selMax, selVersion };
}

export const NO_SELECTION = {
  selFrom: null,
  selTo: null,
  selMin: null,
  selMax: null,
  selVersion: null,
  diff: null,
} as const satisfies TraceSearchChange;

export const NO_STRETCH = { from: null, to: null, pin: null } as const satisfies TraceSearchChange;

/** Every condition dropped; source, scale and the number of traces stay. */
export const NO_CONDITIONS = {
  ...NO_SELECTION,
  ...NO_STRETCH,
  service: null,
  operation: null,
  version: null,
  status: null,
  minMs: null,
  maxMs: null,
  q: null,
  wholeMin: null,
  wholeMax: null,
} as const satisfies TraceSearchChange;

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Draws a selection, and holds the time still, so that it stays over the same traces. */
export function selecting(bounds: TraceBounds, domain: readonly [number, number], pin: string): TraceSearchChange {
  return {
    selFrom: isoOf(bounds.fromMs),
    selTo: isoOf(bounds.toMs),
    selMin: bounds.minMs,
    selMax: bounds.maxMs,
    selVersion: null,
    from: isoOf(domain[0]),
    to: isoOf(domain[1]),
    pin,
  };
}

/** Whether durations that are asked for are those of one span, not of the trace's first. */
export function asksOfOneSpan(state: Pick<TraceSearchState, "service" | "operation">): boolean {
  return state.service !== "" || state.operation !== "";
}

function tighter(a: number | null, b: number | null, pick: (...values: number[]) => number): number | null {
  if (a === null || b === null) return a ?? b;
  return pick(a, b);
}

/** Turns the selection into conditions. Beside a service its durations stay bounds of the whole trace, as they were drawn. */
export function showingOnly(state: TraceSearchState, pin: string): TraceSearchChange {
  const stretch = fixedStretch(state, pin);
  const whole = asksOfOneSpan(state);
  const [minKey, maxKey] = whole ? (["wholeMin", "wholeMax"] as const) : (["minMs", "maxMs"] as const);
  return {
    ...NO_SELECTION,
    ...(state.selVersion === "" ? {} : { version: state.selVersion }),
    from: state.selFrom ?? stretch?.from ?? null,
    to: state.selTo ?? stretch?.to ?? null,
    pin: state.selFrom === null && stretch === null ? null : pin,
    [minKey]: tighter(state[minKey], state.selMin, Math.max),
    [maxKey]: tighter(state[maxKey], state.selMax, Math.min),
  };
}

/** Whether anything but the time narrows the search. */
export function hasConditions(state: TraceSearchState): boolean {
  const { service, operation, version, status, minMs, maxMs, q, wholeMin, wholeMax } = state;
  const texts = [service, operation, version, q];
  return texts.some((text) => text !== "") || [status, minMs, maxMs, wholeMin, wholeMax].some((value) => value !== null);
}

/** The next larger number of traces to load; `null` = the largest is loaded. */
export function nextLimit(limit: number): number | null {
  return LIMITS.find((each) => each > limit) ?? null;
}
