import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect } from "vitest";

import { createJaegerSource } from "#collectors/jaeger/source.ts";
import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { createZipkinSource } from "#collectors/zipkin/source.ts";
import { ok } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import { describeTraceSource, type SeedSpan } from "#lib/testing/trace-source-contract.ts";
import { resolveJaeger } from "#peers/jaeger/resolve.ts";
import { startJaeger } from "#peers/jaeger/start.ts";
import { freePort } from "#peers/shared/free-port.ts";
import { resolveZipkin } from "#peers/zipkin/resolve.ts";
import { startZipkin } from "#peers/zipkin/start.ts";
import { systemClock, systemScheduler } from "#server/telemetry/system-time.ts";

const folder = mkdtempSync(join(tmpdir(), "trace-readers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

function parts() {
  const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
  return { http, clock: systemClock, readText: async () => "" };
}

function zipkinSpan(span: SeedSpan): unknown {
  const { traceId, spanId, parentId, name, kind, service, startMs, durationMs, isError, attributes } = span;
  return {
    traceId,
    id: spanId,
    ...(parentId === null ? {} : { parentId }),
    name,
    ...(kind === "internal" ? {} : { kind: kind.toUpperCase() }),
    timestamp: startMs * 1_000,
    duration: durationMs * 1_000,
    localEndpoint: { serviceName: service },
    tags: { ...attributes, ...(isError ? { error: "true" } : {}) },
  };
}

const KIND_CODES = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

const text = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } });

function otlpRequest(spans: readonly SeedSpan[]): unknown {
  return {
    resourceSpans: spans.map((span) => ({
      resource: {
        attributes: [text("service.name", span.service), text("service.namespace", span.namespace), text("service.version", span.version)],
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentId ?? "",
              name: span.name,
              kind: KIND_CODES[span.kind],
              startTimeUnixNano: `${span.startMs}000000`,
              endTimeUnixNano: `${span.startMs + span.durationMs}000000`,
              attributes: Object.entries(span.attributes).map(([key, value]) => text(key, value)),
              status: span.isError ? { code: 2 } : {},
            },
          ],
        },
      ],
    })),
  };
}

// Fetched before the suite begins: the first time it takes longer than a server may take to start.
const resolved = await resolveZipkin();

describeTraceSource("a real Zipkin", async () => {
  const zipkin = await startZipkin({ zipkin: resolved, port: await freePort(), logFile: join(folder, "zipkin.log") });
  const { http, ...rest } = parts();
  return {
    source: createZipkinSource({ id: "zipkin", url: zipkin.url, timeoutMs: 10_000 }, { http, ...rest }),
    seed: (spans) => post(`${zipkin.url}/api/v2/spans`, spans.map(zipkinSpan)),
    nowMs: Date.now(),
    lacks: ["namespace", "version"],
    async close() {
      await http.close();
      await zipkin.stop();
    },
  };
});

const jaeger = await resolveJaeger();

/** Answers questions to version 3 as a server does that has no other than version 1. */
function withoutVersion3(http: HttpFetcher): HttpFetcher {
  return {
    get: async (request) =>
      request.url.includes("/api/v3/")
        ? ok({ status: 200, mediaType: "text/html", text: "<!doctype html>", elapsedMs: 0 })
        : http.get(request),
  };
}

describe.skipIf(jaeger.path === null)(`Jaeger${jaeger.reason === null ? "" : `, not tried: ${jaeger.reason}`}`, () => {
  describe.each([
    ["version 3", (http: HttpFetcher) => http, "/api/v3/traces"],
    ["version 1", withoutVersion3, "/api/traces"],
  ])("by %s", (version, wrap, path) => {
    describeTraceSource(`a real Jaeger by ${version}`, async () => {
      const ports = { query: await freePort(), queryGrpc: await freePort(), otlpHttp: await freePort(), otlpGrpc: await freePort() };
      const server = await startJaeger({ binary: jaeger.path ?? "", folder: join(folder, `jaeger ${version}`), ports });
      const { http, ...rest } = parts();
      const searched = new Set<string>();
      const watched: HttpFetcher = {
        get(request) {
          const { pathname } = new URL(request.url);
          if (pathname.endsWith("/traces")) searched.add(pathname);
          return http.get(request);
        },
      };
      const source = createJaegerSource({ id: "jaeger", url: server.url, timeoutMs: 10_000 }, { http: wrap(watched), ...rest });
      return {
        source,
        seed: (spans) => post(`${server.otlpUrl}/v1/traces`, otlpRequest(spans)),
        nowMs: Date.now(),
        lacks: ["namespace"],
        async close() {
          expect(searched).toContain(path);
          await http.close();
          await server.stop();
        },
      };
    });
  });
});
