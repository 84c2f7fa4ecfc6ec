import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Matcher, PromExpression } from "#collectors/shared/promql/expression.ts";
import type { TrafficSelect } from "#lib/model/red.ts";

import { istioDialect } from "./dialect.ts";
import { flagsOf, isFailed, isLost } from "./outcome.ts";
import { unnamedQueries } from "./queries.ts";

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

const counting = (queries: readonly DialectQuery[]): DialectQuery[] => queries.filter(({ isPresence }) => isPresence !== true);

it("asks each metric for the whole mesh, whatever the number of namespaces", () => {
  const selectors = selectorsOf(counting(istioDialect.counts(ASK)));
  expect(selectors.every(({ matchers }) => matchers.every(({ label }) => !label.includes("namespace")))).toBe(true);
  expect(selectors.filter(({ metric }) => metric === "istio_requests_total").length).toBe(7);
});

it("asks for all that callers tell only where a destination may have no proxy, or was not reached", () => {
  const sent = selectorsOf(counting(istioDialect.counts(ASK))).filter(({ matchers }) =>
    matchers.some((one) => one.label === "reporter" && one.value === "source"),
  );
  expect(sent.length).toBeGreaterThan(0);
  for (const { matchers } of sent)
    expect(matchers.some(({ label, op }) => (label === "destination_principal" || label === "response_flags") && op === "=~")).toBe(true);
});

it("narrows to what was selected, and keeps what could not be named", () => {
  const [first] = selectorsOf(istioDialect.counts({ ...ASK, select: { targets: ["reviews/re.views"] } }));
  expect(first?.matchers.at(-1)).toEqual({ label: "destination_canonical_service", op: "=~", value: "re\\.views|unknown|" });
});

/** Metrics of bytes and messages that are asked for. */
function asked(select: TrafficSelect, histograms: DialectAsk["histograms"] = "classic"): (string | null)[] {
  const queries = istioDialect.counts({ ...ASK, histograms, select }).filter(({ name }) => name.startsWith("volume"));
  return selectorsOf(queries).map(({ metric }) => metric);
}

it("asks for bytes and messages of one edge, and of no more", () => {
  const ends = { sources: ["shop/frontend"], targets: ["shop/cart"] };
  expect(asked({ ...ends, protocol: "tcp" })).toEqual(["istio_tcp_received_bytes_total", "istio_tcp_sent_bytes_total"]);
  expect(asked({ ...ends, protocol: "http" })).toEqual(["istio_request_bytes_sum", "istio_response_bytes_sum"]);
  expect(asked({ ...ends, protocol: "http" }, "native")).toEqual(["istio_request_bytes", "istio_response_bytes"]);
  expect(asked({ ...ends, protocol: "grpc" }).slice(2)).toEqual(["istio_request_messages_total", "istio_response_messages_total"]);
  expect([asked({ targets: ["shop/cart"], protocol: "http" }), asked(ends)]).toEqual([[], []]);
});

it("asks for no spread where the store keeps no histogram", () => {
  expect(istioDialect.durations({ ...ASK, histograms: "none" })).toEqual([]);
  expect(istioDialect.durations({ ...ASK, histograms: "native" }).length).toBe(2);
});

type Labels = Readonly<Record<string, string>>;

/** As PromQL has it: anchored, and a label that is not there is empty. */
function matches({ label, op, value }: Matcher, labels: Labels): boolean {
  const has = labels[label] ?? "";
  const isRegex = op === "=~" || op === "!~";
  const isMatch = isRegex ? new RegExp(`^(?:${value})$`, "s").test(has) : has === value;
  return isMatch === (op === "=" || op === "=~");
}

/** Names of the questions that a series of this metric answers. */
function answeredBy(queries: readonly DialectQuery[], metric: string, labels: Labels): string[] {
  return queries.flatMap(({ name, expression }) => {
    const [selector] = selectorsIn(expression);
    return selector?.metric === metric && selector.matchers.every((one) => matches(one, labels)) ? [name] : [];
  });
}

/** Questions that a map of any size waits for. */
function promptly(select?: TrafficSelect): DialectQuery[] {
  return counting(istioDialect.counts({ ...ASK, select })).filter(({ isLate }) => isLate !== true);
}

describe("no series is counted twice or left out", () => {
  const names = fc.constantFrom("shop", "cart", "v2", "v7", "unknown", "");
  const series = fc
    .record({
      reporter: fc.constantFrom("destination", "waypoint", "source"),
      source_canonical_service: names,
      destination_canonical_service: names,
      destination_workload_namespace: names,
      destination_service: names,
      destination_principal: names,
      response_code: fc.constantFrom("200", "404", "500", "503", "0", "5", "50x", "unknown", ""),
      grpc_response_status: fc.constantFrom("0", "1", "2", "5", "14", "140", ""),
      response_flags: fc.constantFrom("-", "", "unknown", "UH", "FI", "UF,URX", "URX,UF", "UHX", "DC"),
    })
    .map((labels): Labels => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")));
  const queries = promptly();

  it("of few services: one question has all that arrived, and another none of it", () => {
    const narrow = promptly({ protocol: "http" });
    fc.assert(
      fc.property(series, (labels) => {
        fc.pre(labels["reporter"] !== "source");
        expect(answeredBy(narrow, "istio_requests_total", labels)).toEqual(["requests-arrived"]);
        expect(answeredBy(narrow, "istio_tcp_connections_opened_total", labels)).toEqual(["connections-arrived"]);
      }),
    );
    const unnamed = [{ labels: { reporter: "destination" }, value: 1 }];
    expect(unnamedQueries(new Map([["requests-arrived", unnamed]]), { ...ASK, select: { protocol: "http" } })).toEqual([]);
  });

  it("where it arrived: exactly one question has it, and the one that asks for few labels only what went well", () => {
    fc.assert(
      fc.property(series, (labels) => {
        fc.pre(labels["reporter"] !== "source");
        for (const [metric, name] of [
          ["istio_requests_total", "requests-arrived"],
          ["istio_tcp_connections_opened_total", "connections-arrived"],
        ] as const) {
          const [answer = "", ...others] = answeredBy(queries, metric, labels);
          expect([answer.startsWith(name), others]).toEqual([true, []]);
          if (answer.includes("outcome")) continue;
          expect(flagsOf(labels)).toEqual([]);
          if (metric === "istio_requests_total") expect(isFailed(labels)).toBe(false);
        }
      }),
    );
  });

  it("at its caller: one question has all that was lost, and another what may have no proxy", () => {
    fc.assert(
      fc.property(series, (some) => {
        const labels = { ...some, reporter: "source" };
        const hasNoPrincipal = matches({ label: "destination_principal", op: "=~", value: "unknown|" }, labels);
        const expected = isLost(labels) ? ["requests-lost"] : hasNoPrincipal ? ["requests-sent"] : [];
        expect(answeredBy(queries, "istio_requests_total", labels)).toEqual(expected);
      }),
    );
  });

  it("with a name missing: it is asked for once more, by one question, and only where the first answer says so", () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 5 }), (all) => {
        const first = all.filter(({ reporter }) => reporter !== "source");
        const samples = first.map((labels): PromSample => ({ labels, value: 1 }));
        const more = unnamedQueries(new Map([["requests-arrived-1", samples]]), ASK);
        for (const labels of first) {
          const isNamed = [
            "destination_canonical_service",
            "destination_workload_namespace",
            "source_canonical_service",
            "destination_service",
          ]
            .map((label) => labels[label])
            .every((name) => name !== undefined && name !== "unknown");
          expect(answeredBy(more, "istio_requests_total", labels)).toHaveLength(isNamed ? 0 : 1);
        }
        if (samples.length === 0) expect(more).toEqual([]);
      }),
    );
  });
});
