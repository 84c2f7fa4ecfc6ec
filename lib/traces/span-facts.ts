import type { Span } from "#lib/model/trace.ts";

import type { SpanNode } from "./trace-tree.ts";

/** Value of an attribute of the span; of several with this key the first. `null` = it has none. */
export function attributeOf(span: Pick<Span, "attributes">, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = span.attributes.find((attribute) => attribute.key === key);
    if (found !== undefined) return found.value;
  }
  return null;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** HTTP status code, by the present and the former name of OpenTelemetry's convention. `null` = none, or no answer came. */
export function httpStatusOf(span: Pick<Span, "attributes">): number | null {
  const status = wholeNumber(attributeOf(span, "http.response.status_code", "http.status_code"));
  return status === null || status === 0 ? null : status;
}

/** gRPC status code, 0 = OK. `null` = not told. */
export function grpcStatusOf(span: Pick<Span, "attributes">): number | null {
  return wholeNumber(attributeOf(span, "rpc.grpc.status_code", "grpc.status_code"));
}

/** Response flags that a proxy put on the span, e.g. `["UF", "URX"]`; empty = none. */
export function responseFlagsOf(span: Pick<Span, "attributes">): string[] {
  const flags = attributeOf(span, "response_flags") ?? "";
  return flags.split(",").flatMap((flag) => (flag.trim() === "" || flag.trim() === "-" ? [] : [flag.trim()]));
}

/** Which repetition of a request this is: 1 = the first retry. `null` = the first attempt, or nobody counted. */
export function retryOf(span: Pick<Span, "attributes">): number | null {
  const count = wholeNumber(attributeOf(span, "http.request.resend_count", "retry.count"));
  return count === null || count === 0 ? null : count;
}

/** Whether the span is the caller's side of a call or a message. */
export function isCallerSide({ kind }: Pick<Span, "kind">): boolean {
  return kind === "client" || kind === "producer";
}

/** A service that took part in a call. `version` and `namespace`: `null` = not told. */
export interface Callee {
  service: string;
  namespace: string | null;
  version: string | null;
}

/** Calls within one process that hand on to each other are few; a longer chain is no such thing. */
const MOST_HANDS = 8;

/**
 * Whom a caller's span called: the first service other than its own below it, through spans that only hand the call on
 * (a proxy beside the caller); else what the span itself says of the other end. `null` = the span is no caller's, or
 * nothing tells.
 */
export function calleeOf(node: SpanNode): Callee | null {
  if (!isCallerSide(node.span)) return null;
  let at: SpanNode | undefined = node;
  for (let hand = 0; at !== undefined && hand < MOST_HANDS; hand++) {
    const other = at.children.find(({ resource }) => !isSameService(resource, node.resource));
    if (other !== undefined)
      return { service: other.resource.service, namespace: other.resource.namespace, version: other.resource.version };
    at = at.children.find(({ span }) => isCallerSide(span));
  }
  const peer = attributeOf(node.span, "peer.service", "server.address", "db.system.name", "db.system", "messaging.system");
  return peer === null ? null : { service: peer, namespace: null, version: null };
}

function isSameService(a: SpanNode["resource"], b: SpanNode["resource"]): boolean {
  return a.service === b.service && a.namespace === b.namespace;
}

/**
 * What a request asked for: `GET /product/42`. From the method and the route or path, where the span tells both and its
 * name does not say so already; else the span's name.
 */
export function operationOf(span: Pick<Span, "name" | "attributes">): string {
  const method = attributeOf(span, "http.request.method", "http.method");
  if (method === null || (span.name.startsWith(`${method} `) && span.name.includes("/"))) return span.name;
  const path = attributeOf(span, "http.route", "url.path", "http.target") ?? pathOf(attributeOf(span, "url.full", "http.url"));
  return path === null ? span.name : `${method} ${path}`;
}

/** Path of an address, without what follows `?` or `#`. `null` = it has none. */
function pathOf(address: string | null): string | null {
  return address === null ? null : (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/[^?#]*)/i.exec(address)?.[1] ?? null);
}
