import { expect, it } from "vitest";

import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import type { PromExpression } from "#collectors/shared/promql/expression.ts";

import { istioDialect } from "./dialect.ts";

const ASK = { rangeMs: 60_000, histograms: "classic" } as const;

type Selector = Extract<PromExpression, { kind: "selector" }>;

function selectorsIn(expression: PromExpression): Selector[] {
  if (expression.kind === "selector") return [expression];
  if (expression.kind === "aggregate") return selectorsIn(expression.of);
  return expression.kind === "call" ? expression.args.flatMap(selectorsIn) : [];
}

function selectorsOf(queries: readonly DialectQuery[]): Selector[] {
  return queries.flatMap(({ expression }) => selectorsIn(expression));
}

it("asks each metric for the whole mesh, whatever the number of namespaces", () => {
  const selectors = selectorsOf(istioDialect.counts(ASK));
  expect(selectors.every(({ matchers }) => matchers.every(({ label }) => !label.includes("namespace")))).toBe(true);
  expect(selectors.filter(({ metric }) => metric === "istio_requests_total").length).toBe(3);
});

it("asks for all that callers tell only where a destination may have no proxy, or was not reached", () => {
  const sent = selectorsOf(istioDialect.counts(ASK)).filter(({ matchers }) =>
    matchers.some((one) => one.label === "reporter" && one.value === "source"),
  );
  expect(sent.length).toBeGreaterThan(0);
  for (const { matchers } of sent)
    expect(matchers.some(({ label }) => label === "destination_principal" || label === "response_flags")).toBe(true);
});

it("narrows to what was selected, and keeps what could not be named", () => {
  const [first] = selectorsOf(istioDialect.counts({ ...ASK, select: { targets: ["reviews/re.views"] } }));
  expect(first?.matchers.at(-1)).toEqual({ label: "destination_canonical_service", op: "=~", value: "re\\.views|unknown|" });
});

it("asks for no spread where the store keeps no histogram", () => {
  expect(istioDialect.durations({ ...ASK, histograms: "none" })).toEqual([]);
  expect(istioDialect.durations({ ...ASK, histograms: "native" }).length).toBe(2);
});
