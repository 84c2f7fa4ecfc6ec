import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { oneOf, type PromExpression } from "./expression.ts";
import { renderPromql } from "./render.ts";
import { labelValue, promExpression } from "./testing/arbitrary-promql.ts";

const selector = (part: Partial<Extract<PromExpression, { kind: "selector" }>> = {}): PromExpression => ({
  kind: "selector",
  metric: "requests_total",
  matchers: [],
  ...part,
});

/** Reads a quoted text by Go's rules, as far as they are used. */
function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|.)/g, (_, escaped: string) =>
      escaped.startsWith("u") ? String.fromCodePoint(Number.parseInt(escaped.slice(1), 16)) : escaped === "n" ? "\n" : escaped,
    );
}

describe("renderPromql", () => {
  it("writes sums of increases", () => {
    const of: PromExpression = {
      kind: "call",
      name: "increase",
      args: [selector({ matchers: [{ label: "reporter", op: "=", value: "source" }], rangeMs: 60_000 })],
    };
    expect(renderPromql({ kind: "aggregate", op: "sum", by: ["a", "b"], of })).toBe(
      'sum by (a, b) (increase(requests_total{reporter="source"}[1m]))',
    );
    expect(renderPromql({ kind: "aggregate", op: "count", by: [], of: selector() })).toBe("count(requests_total)");
    expect(renderPromql({ kind: "call", name: "histogram_quantile", args: [{ kind: "number", value: 0.95 }, selector()] })).toBe(
      "histogram_quantile(0.95, requests_total)",
    );
  });

  it.each([
    [1, "1ms"],
    [1_500, "1500ms"],
    [15_000, "15s"],
    [90_000, "90s"],
    [7_200_000, "2h"],
    [86_400_001, "86400001ms"],
    [172_800_000, "2d"],
  ])("writes %d ms exactly", (rangeMs, text) => {
    expect(renderPromql(selector({ rangeMs }))).toBe(`requests_total[${text}]`);
  });

  it("looks back and ahead", () => {
    expect(renderPromql(selector({ offsetMs: 60_000 }))).toBe("requests_total offset 1m");
    expect(renderPromql(selector({ rangeMs: 1_000, offsetMs: -1_500 }))).toBe("requests_total[1s] offset -1500ms");
    expect(renderPromql(selector({ offsetMs: 0 }))).toBe("requests_total");
  });

  it("puts the scope into every selector, with its values escaped", () => {
    const both: PromExpression = {
      kind: "call",
      name: "histogram_quantile",
      args: [
        { kind: "aggregate", op: "max", by: [], of: selector({ metric: "q" }) },
        selector({ matchers: [{ label: "a", op: "!=", value: "b" }] }),
      ],
    };
    expect(renderPromql(both, { cluster: 'e"ast' })).toBe(
      'histogram_quantile(max(q{cluster="e\\"ast"}), requests_total{a!="b",cluster="e\\"ast"})',
    );
  });

  it("names a metric by a matcher where a parser would take it for a word", () => {
    expect(renderPromql(selector({ metric: "sum", rangeMs: 1_000 }), { a: "b" })).toBe('{__name__="sum",a="b"}[1s]');
    expect(renderPromql(selector({ metric: "NaN" }))).toBe('{__name__="NaN"}');
  });

  it("writes any text so that it is read back as it was", () => {
    fc.assert(
      fc.property(labelValue, (value) => {
        const text = renderPromql(selector({ matchers: [{ label: "a", op: "=", value }] }));
        const [, quoted = ""] = /^requests_total\{a=(".*")\}$/.exec(text) ?? [];
        expect(unquote(quoted)).toBe(value);
        // No quote ends the text before its end.
        expect(quoted.slice(1, -1).replace(/\\./g, "")).not.toContain('"');
      }),
    );
  });

  it("writes 10 kB of quotes", () => {
    const value = '"}\n\\'.repeat(2_500);
    expect(unquote(renderPromql(selector({ matchers: [{ label: "a", op: "=", value }] })).slice("requests_total{a=".length, -1))).toBe(
      value,
    );
  });

  it("never lets a generated expression leave the quotes", () => {
    fc.assert(
      fc.property(promExpression, (expression) => {
        const bare = renderPromql(expression, { scope: "s" }).replace(/"(\\.|[^"\\])*"/g, '""');
        expect(bare).toMatch(/^[\w:+\-., (){}[\]=!"]*$/);
      }),
    );
  });

  it.each<[string, PromExpression, string]>([
    ["a metric's name", selector({ metric: 'up{a="b"} or x' }), "metric"],
    ["an empty metric", selector({ metric: "" }), "metric"],
    ["a name of another language", selector({ metric: "http.server" }), "metric"],
    ["a label's name", selector({ matchers: [{ label: 'a="b",c', op: "=", value: "" }] }), "label"],
    ["a second name of the metric", selector({ matchers: [{ label: "__name__", op: "=", value: "x" }] }), "label"],
    ["a grouping", { kind: "aggregate", op: "sum", by: ["a)"], of: selector() }, "label"],
    ["half a character", selector({ matchers: [{ label: "a", op: "=", value: "\ud800" }] }), "value"],
    ["no time at all", selector({ rangeMs: 0 }), "range"],
    ["half a millisecond", selector({ rangeMs: 0.5 }), "range"],
    ["no number", selector({ offsetMs: Number.NaN }), "offset"],
  ])("refuses %s", (_name, expression, field) => {
    expect(() => renderPromql(expression)).toThrow(expect.objectContaining({ code: "INVALID", field }));
  });

  it("refuses a scope that names a metric", () => {
    expect(() => renderPromql(selector(), { __name__: "x" })).toThrow(expect.objectContaining({ code: "INVALID" }));
  });
});

describe("oneOf", () => {
  it("matches texts, not patterns, and nothing where there is none", () => {
    expect(oneOf("a", ["x.y"])).toEqual({ label: "a", op: "=", value: "x.y" });
    expect(oneOf("a", ["x.y", "(z"])).toEqual({ label: "a", op: "=~", value: "x\\.y|\\(z" });
    expect(oneOf("a", []).value).not.toBe("");
  });
});
