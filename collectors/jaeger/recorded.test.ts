import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createAnsweringFetcher } from "#collectors/shared/testing/answering.ts";
import { Trace, type TraceService } from "#lib/model/trace.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { createJaegerSource } from "./source.ts";

/** Recorded from Jaeger 1.76, second generation: one trace of three spans, by both versions of its interface. */
const recorded = (name: string): string => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PAGE = { mediaType: "text/html", body: "<!DOCTYPE html>" };

/** Version 3 calls its JSON plain text, version 1 calls it what it is. */
function answering(version: "v1" | "v3") {
  const mediaType = version === "v3" ? "text/plain" : "application/json";
  return ({ pathname }: URL) => {
    if (pathname.startsWith("/api/v3/") !== (version === "v3")) return PAGE;
    if (pathname.endsWith("/services")) return { mediaType, body: recorded(`${version}-services`) };
    if (pathname.endsWith("/operations")) return { mediaType, body: recorded(`${version}-operations-web`) };
    return { mediaType, body: recorded(`${version}-traces`) };
  };
}

async function read(version: "v1" | "v3"): Promise<{ trace: Trace; services: TraceService[] }> {
  const parts = { http: createAnsweringFetcher(answering(version)), clock: createFakeTime().clock, readText: async () => "" };
  const source = createJaegerSource({ id: "jaeger", url: "http://jaeger.test", timeoutMs: 1_000 }, parts);
  const [trace, services] = [await source.trace(ID), await source.services()];
  if (!trace.ok) throw trace.error;
  if (!services.ok) throw services.error;
  return { trace: trace.value.value, services: services.value.value };
}

/** What both versions can tell. */
function comparable({ resources, spans }: Trace): unknown {
  return {
    resources: resources.map(({ service, namespace, version }) => ({ service, namespace, version })),
    spans: spans.map((span) => ({
      ...span,
      durationMs: Math.floor(span.durationMs * 1_000) / 1_000,
      attributes: new Set(span.attributes),
    })),
  };
}

describe("answers of a real Jaeger", () => {
  it("are read whole by version 3", async () => {
    const { trace } = await read("v3");
    expect(Trace.parse(structuredClone(trace))).toEqual(trace);
    expect(trace).toMatchObject({
      id: ID,
      startedAt: "2023-11-14T22:13:20.000Z",
      durationMs: 120.000001,
      resources: [
        { service: "web", namespace: "shop", version: "v1" },
        { service: "reviews", namespace: null, version: "v2" },
      ],
    });
    expect(trace.spans[0]).toMatchObject({
      name: "GET /cart",
      kind: "server",
      scope: "http",
      attributes: [
        { key: "http.route", value: "/cart" },
        { key: "http.response.status_code", value: "200" },
      ],
    });
    expect(trace.spans[2]).toMatchObject({
      name: "GET /reviews",
      parentId: "00f067aa0ba902b8",
      startMs: 15,
      durationMs: 70,
      isError: true,
      statusMessage: "no ratings",
      events: [{ name: "retry", atMs: 20, attributes: [{ key: "n", value: "2" }] }],
      links: [{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }],
    });
  });

  it("say the same by version 1, but for what is shorter than a microsecond", async () => {
    const [newer, older] = [await read("v3"), await read("v1")];
    expect(comparable(older.trace)).toEqual(comparable(newer.trace));
    expect(older.services).toEqual(newer.services);
  });
});
