import { context, defaultTextMapGetter, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";

import type { Tracing } from "./tracing.ts";

const API = "/api/";

/** Whether a route's answers are traced: calls of the API. The live stream is none: it lasts as long as a page is open. */
function isTraced(route: string | undefined): route is string {
  return route !== undefined && route.startsWith(API) && route !== endpoints.getLive.path;
}

/**
 * One SERVER span per call of the API, as OpenTelemetry's conventions for HTTP have it. It is active in hooks and handlers, so
 * that log lines and what is asked of other programs belong to it. Add it before every hook that may refuse a request.
 */
export function addRequestSpans(app: FastifyInstance, { tracer, propagator }: Tracing): void {
  const running = new WeakMap<FastifyRequest, Span>();

  /** `status` is `null` when the caller went away before the answer. */
  const end = (request: FastifyRequest, status: number | null): void => {
    const span = running.get(request);
    if (span === undefined) return;
    running.delete(request);
    if (status !== null) span.setAttribute("http.response.status_code", status);
    // Of a server's answers only 5xx are its errors; the refusal of a wrong question is not (conventions for HTTP spans, Status).
    if (status !== null && status >= 500) {
      span.setAttribute("error.type", String(status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  };

  app.addHook("onRequest", (request, reply, done) => {
    const route = request.routeOptions.url;
    if (!isTraced(route)) return done();
    const { method } = request;
    const attributes = {
      "http.request.method": method,
      "http.route": route,
      "url.path": request.url.split("?", 1)[0] ?? "",
      "url.scheme": request.protocol,
    };
    const caller = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, caller);
    running.set(request, span);
    // A caller that goes away is told by no hook.
    reply.raw.once("close", () => end(request, null));
    return context.with(trace.setSpan(caller, span), () => done());
  });
  app.addHook("onResponse", (request, reply, done) => {
    end(request, reply.statusCode);
    done();
  });
}
