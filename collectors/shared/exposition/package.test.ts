import * as fc from "fast-check";
import parsePackage from "parse-prometheus-text-format";
import { describe, expect, it } from "vitest";

import type { Placed } from "./layout.ts";
import { readExposition } from "./read.ts";
import { ExpositionScanner } from "./scan.ts";
import type { Series } from "./series.ts";
import { escapeLabel, value } from "./testing/arbitrary-exposition.ts";

interface Sample extends Series {
  value: number;
}

/** What the package makes of an exposition without histograms: finite values only, which it hands out as texts. */
function byPackage(text: string): Sample[] {
  return parsePackage(text)
    .flatMap(({ name, metrics }) => metrics.map((sample) => ({ name, labels: sample.labels ?? {}, value: numberOf(sample.value) })))
    .filter((sample) => Number.isFinite(sample.value));
}

function numberOf(text: string | undefined): number {
  return text === undefined || text === "" ? NaN : Number(text);
}

function byScanner(text: string): Sample[] {
  const samples: Sample[] = [];
  readExposition(text, ({ name, labels }, number) => samples.push({ name, labels, value: number }));
  return samples;
}

const character = fc.constantFrom("a", "B", "7", "{", "}", '"', "\\", "\n", " ", ",", "=", "#", "é", "日", "😀");
const labelValue = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: character, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("x", '"', "\\", "é").map((one) => one.repeat(10_000)) },
);
const labels = fc.dictionary(fc.constantFrom("a", "le", "quantile", "envoy_cluster_name", "_x"), labelValue, { maxKeys: 4 });
const series = fc
  .tuple(fc.constantFrom("up", "http_seconds_bucket", "a:b", "go_info"), labels, fc.constantFrom("", ","))
  .map(([name, pairs, end]) => {
    const written = Object.entries(pairs).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return {
      key: JSON.stringify([name, Object.entries(pairs).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
      text: written.length === 0 ? name : `${name}{${written.join()}${end}}`,
    };
  });
const time = fc.constantFrom("", "", " 1700000000000", " -5");
const ending = fc.constantFrom("", "", "\r", " ");
const comment = fc.constantFrom("# EOF", "# HELP up how\\nit goes", "# a word", "", "  ", "\r");

interface Line {
  series: { key: string; text: string };
  value: string;
  rest: string;
  comment: string | null;
}
const lines = fc.uniqueArray(
  fc.record({ series, value, rest: fc.tuple(time, ending).map((all) => all.join("")), comment: fc.option(comment) }),
  {
    selector: (line) => line.series.key,
    maxLength: 25,
  },
);

function written(all: readonly Line[]): string {
  return all.map((line) => `${line.comment === null ? "" : `${line.comment}\n`}${line.series.text} ${line.value}${line.rest}\n`).join("");
}

describe("beside parse-prometheus-text-format", () => {
  it("reads the same", () => {
    fc.assert(
      fc.property(lines, (all) => {
        const text = written(all);
        expect(byScanner(text)).toEqual(byPackage(text));
      }),
      { numRuns: 300 },
    );
  });

  it("reads the same of scrapes that follow one another, whatever came, went, moved or was counted anew", () => {
    const step = fc.record({ from: fc.nat(25), count: fc.nat(5), added: lines, turn: fc.nat(25), value });
    fc.assert(
      fc.property(lines, fc.array(step, { maxLength: 6 }), (first, steps) => {
        const scanner = new ExpositionScanner<Placed & { series: Series }>();
        let now = first;
        for (const { from, count, added, turn, value: next } of [{ from: 0, count: 0, added: [], turn: 0, value: "1" }, ...steps]) {
          const kept = now.toSpliced(from, count);
          const keys = new Set(kept.map((line) => line.series.key));
          now = [...kept.slice(turn), ...added.filter((line) => !keys.has(line.series.key)), ...kept.slice(0, turn)];
          now = now.map((line, at) => (at % 3 === turn % 3 ? { ...line, value: next } : line));
          const text = written(now);
          const samples: Sample[] = [];
          scanner.scan(text, {
            open: (found) => ({ series: found, line: 0 }),
            sample: (handle, number) => samples.push({ ...handle.series, value: number }),
          });
          expect(samples).toEqual(byPackage(text));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("what the package makes of what Weft reads otherwise", () => {
  it("gives up the whole exposition at one broken line, or takes what is no number for a value", () => {
    expect(() => parsePackage('a 1\nb{x=1} 2\nc{x="1" 3\n')).toThrow("invalid line");
    expect(byScanner('a 1\nb{x=1} 2\nc{x="1" 3\n')).toEqual([{ name: "a", labels: {}, value: 1 }]);
    expect(parsePackage("a one\n")[0]?.metrics).toEqual([{ value: "one" }]);
    expect(byScanner("a one\n")).toEqual([]);
  });

  it("does not know blanks behind a comma, which the format allows", () => {
    expect(() => parsePackage('a{x="1", y="2"} 3\n')).toThrow("invalid line");
    expect(byScanner('a{x="1", y="2"} 3\n')).toEqual([{ name: "a", labels: { x: "1", y: "2" }, value: 3 }]);
  });

  it("loses the last family where the last line does not end", () => {
    expect(byPackage("a 1\nb 2")).toEqual([{ name: "a", labels: {}, value: 1 }]);
    expect(byScanner("a 1\nb 2")).toHaveLength(2);
  });

  it("keeps one histogram of a family, whatever the labels", () => {
    const text = ["# TYPE h histogram", 'h_bucket{x="1",le="1"} 1', 'h_bucket{x="2",le="1"} 2', 'h_sum{x="1"} 3', ""].join("\n");
    expect(parsePackage(text)[0]?.metrics).toEqual([{ buckets: { 1: "2" } }]);
    expect(byScanner(text)).toHaveLength(3);
  });

  it("takes an exemplar for a time, and a comment without a blank for a sample", () => {
    expect(parsePackage('a_total 1 # {trace_id="x"} 0.5\n')[0]?.metrics).toEqual([{ value: "1", timestamp_ms: '#{trace_id="x"}0.5' }]);
    expect(byScanner('a_total 1 # {trace_id="x"} 0.5\n')).toEqual([{ name: "a_total", labels: {}, value: 1 }]);
    expect(parsePackage("#nothing\n").map(({ name }) => name)).toEqual(["#nothing"]);
    expect(byScanner("#nothing\n")).toEqual([]);
  });

  it("joins two samples of one series, and takes names in quotes for something else", () => {
    expect(parsePackage("a 1\na 2\n")[0]?.metrics).toEqual([{ value: "2" }]);
    expect(byScanner("a 1\na 2\n")).toHaveLength(2);
    expect(parsePackage('{"a.b",x="1"} 3\n')).toEqual([]);
    expect(byScanner('{"a.b",x="1"} 3\n')).toEqual([{ name: "a.b", labels: { x: "1" }, value: 3 }]);
  });
});
