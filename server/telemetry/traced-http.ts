import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";

import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";

const METHOD = "GET";
/** The word of OpenTelemetry's conventions for what was taken out of a URL. */
const REDACTED = "REDACTED";

/**
 * One span per question that collectors ask of other programs, below the request that caused it, or a trace of its own. It is
 * INTERNAL: looking at a mesh is no traffic of it, and a CLIENT span would be drawn as a call to the address asked.
 */
export function traceHttp(http: HttpFetcher, tracer: Tracer): HttpFetcher {
  return {
    get: (request) =>
      tracer.startActiveSpan(METHOD, { kind: SpanKind.INTERNAL, attributes: aboutUrl(request.url) }, async (span) => {
        try {
          const answer = await http.get(request);
          if (!answer.ok) {
            span.setAttribute("error.type", answer.error.code);
            span.setStatus({ code: SpanStatusCode.ERROR, message: answer.error.message });
          } else {
            const { status } = answer.value;
            span.setAttribute("http.response.status_code", status);
            if (status >= 400) {
              span.setAttribute("error.type", String(status));
              span.setStatus({ code: SpanStatusCode.ERROR });
            }
          }
          return answer;
        } finally {
          span.end();
        }
      }),
  };
}

function aboutUrl(text: string): Attributes {
  const url = URL.parse(text);
  if (url === null) return { "http.request.method": METHOD };
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return {
    "http.request.method": METHOD,
    "url.full": withoutSecrets(url),
    "server.address": url.hostname.replace(/^\[|\]$/g, ""),
    "server.port": port,
  };
}

/** Names of what was asked stay, values go: they may be a key, or what somebody searched for. */
function withoutSecrets(url: URL): string {
  const query = url.search
    .slice(1)
    .split("&")
    .map((part) => (part.includes("=") ? `${part.slice(0, part.indexOf("="))}=${REDACTED}` : part))
    .join("&");
  const shown = new URL(url.href);
  shown.username = "";
  shown.password = "";
  shown.search = query;
  shown.hash = "";
  return shown.href;
}
