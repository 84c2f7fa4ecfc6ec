import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, test, vi } from "vitest";

import type { Notice, Sourced } from "#lib/model/evidence.ts";

import { graphQuery, redQuery, serviceQuery, servicesQuery } from "./query-options.ts";

const AT = "2026-01-01T12:00:00Z";

function answered(...codes: string[]): { state: { data: Sourced<unknown>; dataUpdateCount: number } } {
  const notices = codes.map((code): Notice => ({
    level: code === code.toUpperCase() ? "error" : "info",
    code,
    text: "",
    source: null,
    mend: null,
  }));
  return { state: { data: { value: null, provenance: [], notices, coverage: "complete" }, dataUpdateCount: 1 } };
}

/** How soon a query asks again after an answer; `false` = never. */
function refresh(options: { refetchInterval?: unknown }, after: ReturnType<typeof answered>): unknown {
  return typeof options.refetchInterval === "function" ? options.refetchInterval(after) : options.refetchInterval;
}

describe("a window that has ended", () => {
  const past = [
    servicesQuery("60s", AT),
    serviceQuery("a/b", "60s", AT),
    graphQuery({ window: "60s", namespaces: [] }, AT),
    redQuery({ subject: "mesh", step: "5s", from: AT, to: AT }),
  ];

  test("is asked for once, and again only while its source still owes a part", () => {
    for (const options of past) {
      expect(refresh(options, answered("as-of-now"))).toBe(false);
      expect(refresh(options, answered("as-of-now", "durations-pending"))).toBe(2_000);
    }
  });

  test("is asked for again where a source refused or failed, twice as late each time and at last once a minute", () => {
    for (const code of ["SOURCE_REFUSED", "TIMEOUT", "SOURCE_UNREACHABLE"]) {
      const { state } = answered("as-of-now", code);
      const waits = [1, 2, 3, 4, 5, 50].map((dataUpdateCount) => past.map((one) => refresh(one, { state: { ...state, dataUpdateCount } })));
      expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000].map((ms) => past.map(() => ms)));
    }
    for (const options of past) expect(refresh(options, answered("durations-pending", "TIMEOUT"))).toBe(2_000);
    expect(refresh(servicesQuery("60s"), answered("TIMEOUT"))).toBe(5_000);
  });

  test("is no longer read once another one is looked at", async () => {
    const client = new QueryClient();
    const signals: AbortSignal[] = [];
    vi.stubGlobal("fetch", async (_url: string, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const view = { window: "60s", namespaces: [] };
    const observer = new QueryObserver(client, graphQuery(view, AT));
    const stop = observer.subscribe(() => undefined);
    observer.setOptions(graphQuery(view, "2026-01-01T12:00:15Z"));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    stop();
    client.clear();
    vi.unstubAllGlobals();
  });

  test("is another question than the one that ends now", () => {
    expect(servicesQuery("60s", AT).queryKey).not.toEqual(servicesQuery("60s").queryKey);
    expect(refresh(servicesQuery("60s"), answered())).toBe(5_000);
    expect(refresh(graphQuery({ window: "60s", namespaces: [] }), answered("durations-pending"))).toBe(false);
  });
});
