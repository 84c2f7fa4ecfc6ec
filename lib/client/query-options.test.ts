import { describe, expect, test } from "vitest";

import type { Notice, Sourced } from "#lib/model/evidence.ts";

import { graphQuery, redQuery, serviceQuery, servicesQuery } from "./query-options.ts";

const AT = "2026-01-01T12:00:00Z";

function answered(...codes: string[]): { state: { data: Sourced<unknown> } } {
  const notices = codes.map((code): Notice => ({ level: "info", code, text: "", source: null, mend: null }));
  return { state: { data: { value: null, provenance: [], notices, coverage: "complete" } } };
}

/** How soon a query asks again after an answer; `false` = never. */
function refresh(options: { refetchInterval?: unknown }, after: ReturnType<typeof answered>): unknown {
  return typeof options.refetchInterval === "function" ? options.refetchInterval(after) : options.refetchInterval;
}

describe("a window that has ended", () => {
  const past = [servicesQuery("60s", AT), serviceQuery("a/b", "60s", AT), graphQuery({ window: "60s", namespaces: [] }, AT)];

  test("is asked for once, and again only while its source still owes a part", () => {
    for (const options of past) {
      expect(refresh(options, answered("as-of-now"))).toBe(false);
      expect(refresh(options, answered("as-of-now", "durations-pending"))).toBe(2_000);
    }
    expect(redQuery({ subject: "mesh", step: "5s", from: AT, to: AT }).refetchInterval).toBe(false);
  });

  test("is another question than the one that ends now", () => {
    expect(servicesQuery("60s", AT).queryKey).not.toEqual(servicesQuery("60s").queryKey);
    expect(refresh(servicesQuery("60s"), answered())).toBe(5_000);
    expect(refresh(graphQuery({ window: "60s", namespaces: [] }), answered("durations-pending"))).toBe(false);
  });
});
