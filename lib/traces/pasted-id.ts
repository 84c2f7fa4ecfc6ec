/** What somebody pasted to find a trace. */
export interface PastedId {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits; `null` = only the trace was named. */
  spanId: string | null;
}

/** Tracers' ids have 16 or 32 digits, less leading zeros. Fewer than these name a trace only by its beginning. */
const FEWEST_DIGITS = 12;
/** Shorter words may well be meant as a word (`cafe`); from here on to the fewest digits it is an id that was cut. */
const FEWEST_MEANT = 8;

/** W3C Trace Context, `traceparent`; further fields of later versions are left alone. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
/** `uber-trace-id`: trace, span, parent span, flags. */
const UBER = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]{1,16}:[0-9a-f]{1,2}$/;
/** B3 in a single header: trace, span, sampling state, parent span. */
const B3 = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(-[01d](-[0-9a-f]{16})?)?$/;
/** In front of a value that was copied with its header's name. */
const HEADER = /^["']?(traceparent|uber-trace-id|b3|x-b3-traceid|trace-?id|trace_id)["']?\s*[:=]\s*/;
/** Parts of an address that name a trace, best first; then any part that has the length of an id. */
const PARAMETERS = ["traceid", "trace_id", "trace", "id"] as const;

/**
 * The trace that a pasted text names: an id of 12 to 32 hex digits, the value of a `traceparent`, `uber-trace-id` or `b3`
 * header with or without its name, or an address that holds one of them. `null` = it names none, and is meant as a search.
 */
export function readPastedId(text: string): PastedId | null {
  const pasted = text.trim().toLowerCase();
  if (pasted.length > 4_000) return null;
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(pasted) || pasted.startsWith("/")) return readAddress(pasted);
  return readValue(pasted.replace(HEADER, "").replace(/^["']|["',;]+$/g, ""));
}

/** Whether a text can only be meant as a trace's id and is too short for one, such as the 8 digits that lists show. */
export function isShortId(text: string): boolean {
  const value = text.trim();
  return /^[0-9a-f]+$/i.test(value) && value.length >= FEWEST_MEANT && value.length < FEWEST_DIGITS;
}

function readValue(value: string): PastedId | null {
  const [, traceId, spanId] = TRACEPARENT.exec(value) ?? UBER.exec(value) ?? B3.exec(value) ?? [];
  if (traceId !== undefined && spanId !== undefined) return toId(traceId, spanId);
  return /^[0-9a-f]+$/.test(value) && value.length >= FEWEST_DIGITS && value.length <= 32 ? toId(value, null) : null;
}

function toId(traceId: string, spanId: string | null): PastedId | null {
  if (/^0+$/.test(traceId)) return null;
  const span = spanId === null || /^0+$/.test(spanId) ? null : spanId.padStart(16, "0");
  return { traceId: traceId.padStart(32, "0"), spanId: span };
}

function readAddress(address: string): PastedId | null {
  const url = URL.parse(address, "http://weft.invalid");
  if (url === null) return null;
  // Single-page applications keep their address behind the hash.
  const inner = url.hash.startsWith("#/") ? URL.parse(url.hash.slice(1), "http://weft.invalid") : null;
  for (const part of inner === null ? [url] : [inner, url]) {
    const spanId = part.searchParams.get("span") ?? part.searchParams.get("spanid") ?? part.searchParams.get("uifind");
    for (const name of PARAMETERS) {
      const found = readValue(part.searchParams.get(name) ?? "");
      if (found !== null) return withSpan(found, spanId);
    }
    const segments = part.pathname.split("/").map(decoded).toReversed();
    for (const segment of segments) {
      const found = /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(segment) || !/^[0-9a-f]*$/.test(segment) ? readValue(segment) : null;
      if (found !== null) return withSpan(found, spanId);
    }
    const afterTrace = segments[segments.indexOf("trace") - 1];
    const found = segments.includes("trace") && afterTrace !== undefined ? readValue(afterTrace) : null;
    if (found !== null) return withSpan(found, spanId);
  }
  return null;
}

function withSpan(found: PastedId, spanId: string | null): PastedId {
  return found.spanId === null && spanId !== null && /^[0-9a-f]{16}$/.test(spanId) ? { ...found, spanId } : found;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
