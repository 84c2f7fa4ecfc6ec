import { drawsFor, type Draws } from "../random/draws.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { Runtime } from "./runtime.ts";
import { continueTrace, traceHeaders, type TraceContext } from "./trace-context.ts";

/** The headers by which the demo's applications tell each other what no proxy needs to know. */
export const HEADERS = {
  /** Who calls: the ledger's own word for it, independent of certificates. */
  caller: "x-demo-caller",
  /** The label from which this request's chances are drawn. */
  draw: "x-demo-draw",
  /** Who answered, as `service@version`; no proxy sets it. */
  app: "x-demo-app",
  /** Set by proxies on answers of their own: `flags;cluster`. */
  localReply: "x-demo-local-reply",
  /** Set by the caller's proxy: which try this is. */
  attempt: "x-envoy-attempt-count",
  requestId: "x-request-id",
} as const;

type HeaderValue = string | string[] | undefined;
export type IncomingHeaders = Readonly<Record<string, HeaderValue>>;

/** One request at the application that handles it. */
export interface RequestContext {
  readonly caller: string;
  readonly attempt: number;
  readonly draws: Draws;
  readonly draw: string;
  readonly requestId: string | undefined;
  readonly trace: TraceContext;
  /** What the handler tells of this request; becomes attributes of its span. */
  readonly attributes: Record<string, string | number>;
}

let withoutLabel = 0;

export function contextOf(runtime: Runtime, app: AppIdentity, headers: IncomingHeaders): RequestContext {
  const draw = text(headers[HEADERS.draw]) ?? `visitor/${(withoutLabel += 1)}`;
  const attempt = Math.max(1, Number.parseInt(text(headers[HEADERS.attempt]) ?? "1", 10) || 1);
  return {
    caller: text(headers[HEADERS.caller]) ?? "unknown",
    attempt,
    draw,
    // A second try draws its own fate, or it would fail exactly as the first.
    draws: drawsFor(runtime.seed, app.service, draw, String(attempt)),
    requestId: text(headers[HEADERS.requestId]),
    trace: continueTrace(text(headers["traceparent"]), text(headers["tracestate"])),
    attributes: {},
  };
}

/** Headers for a call made while handling `context`. `nth` tells repeated calls of the same host apart. */
export function outgoingHeaders(app: AppIdentity, context: RequestContext, host: string, nth = 0): Record<string, string> {
  return {
    host,
    [HEADERS.caller]: app.service,
    [HEADERS.draw]: `${context.draw}/${app.service}.${nth}`,
    ...(context.requestId === undefined ? {} : { [HEADERS.requestId]: context.requestId }),
    ...traceHeaders(context.trace),
  };
}

export function text(value: HeaderValue): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
