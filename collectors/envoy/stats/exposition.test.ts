import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSeries, readExposition } from "./exposition.ts";

type Sample = [string, Readonly<Record<string, string>>, number];

function read(text: string): { samples: Sample[]; malformed: number; notFinite: number; firstMalformed: string | null } {
  const samples: Sample[] = [];
  return { ...readExposition(text, ({ name, labels }, value) => samples.push([name, labels, value])), samples };
}

describe("reading an exposition", () => {
  it("hands out series and values, without comments and empty lines", () => {
    const text = '# TYPE a counter\na{x="1"} 3\n\nb 4.5e2\nc{} 7 1700000000000\r\nd{x="}"} .5';
    expect(read(text)).toEqual({
      samples: [
        ["a", { x: "1" }, 3],
        ["b", {}, 450],
        ["c", {}, 7],
        ["d", { x: "}" }, 0.5],
      ],
      malformed: 0,
      notFinite: 0,
      overflow: 0,
      firstMalformed: null,
    });
  });

  it("counts malformed lines and keeps the rest", () => {
    const lines = ["a 1", "<html>", "b{", 'c{x="1"}', 'd{x="1"} ten', "e 0x10", "f 1 2 3", "g", "h 1,5", "  ", "i 2"];
    expect(read(lines.join("\n"))).toEqual({
      samples: [
        ["a", {}, 1],
        ["i", {}, 2],
      ],
      malformed: 8,
      notFinite: 0,
      overflow: 0,
      firstMalformed: "<html>",
    });
  });

  it("ignores what is not finite and says how often", () => {
    expect(read("a NaN\nb +Inf\nc -Inf\nd 1e999\ne 1")).toMatchObject({ samples: [["e", {}, 1]], malformed: 0, notFinite: 4 });
  });

  it("cuts a long malformed line", () => {
    expect(read("x".repeat(5_000)).firstMalformed).toHaveLength(80);
  });

  it("keeps every good line, wherever bad ones stand", () => {
    const good = fc.nat().map((value) => `up{i="${value}"} ${value}`);
    const bad = fc.constantFrom("{", "up{ 1", "up NaNa", "<p>", 'up{i="', "1 1 1 1", "up{} one");
    fc.assert(
      fc.property(fc.array(fc.oneof(good, bad)), (lines) => {
        const expected = lines.filter((line) => /^up\{i="\d+"\} \d+$/.test(line)).length;
        const { samples, malformed } = read(lines.join("\n"));
        expect([samples.length, malformed]).toEqual([expected, lines.length - expected]);
      }),
    );
  });
});

describe("taking a series apart", () => {
  it("reads names, labels and escapes", () => {
    expect(parseSeries("envoy_server_live{}")).toEqual({ name: "envoy_server_live", labels: {} });
    expect(parseSeries("up")).toEqual({ name: "up", labels: {} });
    expect(parseSeries('a{x="1", y="",}')).toEqual({ name: "a", labels: { x: "1", y: "" } });
    expect(parseSeries(String.raw`a{x="q\"b\\n\n,}=\d"}`)).toEqual({ name: "a", labels: { x: 'q"b\\n\n,}=\\d' } });
    expect(parseSeries('a{weft_cluster="outbound|9080|v2|reviews"}')?.labels).toEqual({ weft_cluster: "outbound|9080|v2|reviews" });
  });

  it.each(["", "9a", "a{x=1}", 'a{x="1}', 'a{="1"}', 'a{x="1" y="2"}', 'a{x="1"', "a-b"])("answers null for %j", (text) => {
    expect(parseSeries(text)).toBeNull();
  });

  it("gives back any label value that was escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const escaped = value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
        expect(parseSeries(`a{x="${escaped}",y="z"}`)).toEqual({ name: "a", labels: { x: value, y: "z" } });
      }),
    );
  });
});
