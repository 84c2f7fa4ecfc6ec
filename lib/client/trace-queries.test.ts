import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, describe, expect, test, vi } from "vitest";

import { SPANS_ID } from "#lib/model/source.ts";
import { statusOf } from "#lib/testing/builders.ts";

import { exemplarsQuery, operationsQuery } from "./trace-queries.ts";
import { receivesSpans } from "./use-receives-spans.ts";

afterEach(() => vi.unstubAllGlobals());

/** Paths that the page asks for while it shows requests and operations of a service. */
function askedWith(isReceiving: boolean): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url.slice(0, url.indexOf("?")));
    return new Promise(() => undefined);
  });
  const client = new QueryClient();
  const stops = [
    new QueryObserver(client, exemplarsQuery("service:shop/web", { window: "60s" }, isReceiving)).subscribe(() => undefined),
    new QueryObserver(client, operationsQuery("shop/web", "60s", null, isReceiving)).subscribe(() => undefined),
  ];
  for (const stop of stops) stop();
  return asked;
}

describe("what is read from received spans", () => {
  test("is asked for where there are some, and nowhere else", () => {
    expect(askedWith(true)).toEqual(["/api/exemplars", "/api/operations"]);
    expect(askedWith(false)).toEqual([]);
  });

  test("is there where spans are a source, even one that is down; a place that keeps traces is not enough", () => {
    const [proxies, store] = [statusOf({ id: "envoy" }), statusOf({ id: "jaeger", kind: "jaeger", gives: ["traces"] })];
    expect(receivesSpans(undefined)).toBeNull();
    expect(receivesSpans([])).toBe(false);
    expect(receivesSpans([proxies, store])).toBe(false);
    expect(receivesSpans([proxies, statusOf({ id: SPANS_ID, state: "down" })])).toBe(true);
  });
});
