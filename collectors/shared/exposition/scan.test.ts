import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Placed } from "./layout.ts";
import { readExposition } from "./read.ts";
import { ExpositionScanner } from "./scan.ts";
import type { Series } from "./series.ts";
import { exposition, expositions, histograms, sampleLine } from "./testing/arbitrary-exposition.ts";
import { parseReference, type ReferenceSample } from "./testing/reference-parser.ts";

interface Reading {
  samples: unknown[];
  malformed: number;
  notFinite: number;
}

function readOnce(text: string): Reading {
  const samples: unknown[] = [];
  const { malformed, notFinite } = readExposition(text, (series, value) => samples.push({ ...series, value }));
  return { samples, malformed, notFinite };
}

function expected(text: string): Omit<Reading, "samples"> & { samples: ReferenceSample[] } {
  const { samples, malformed } = parseReference(text);
  const finite = samples.filter(({ value }) => Number.isFinite(value));
  return { samples: finite, malformed: malformed.length, notFinite: samples.length - finite.length };
}

function seriesIn(line: string): string {
  return JSON.stringify(parseReference(line).samples.map(({ name, labels }) => ({ name, labels })));
}

function allLines(text: string): number {
  const { samples, malformed } = parseReference(text);
  return samples.length + malformed.length;
}

interface Handle extends Placed {
  series: Series;
}

/** A scanner with a memory of series, as a collector has one. */
function createReader() {
  const scanner = new ExpositionScanner<Handle>();
  const known = new Map<string, Handle>();
  let opened: string[] = [];
  return {
    read(text: string | Uint8Array): Reading & { opened: string[] } {
      const samples: unknown[] = [];
      opened = [];
      const { trouble } = scanner.scan(text, {
        open(series, spelling) {
          opened.push(spelling.text());
          const handle = known.get(spelling.text()) ?? { series, line: 0 };
          known.set(spelling.text(), handle);
          return handle;
        },
        sample: ({ series }, value) => samples.push({ ...series, value }),
      });
      return { samples, malformed: trouble.malformed, notFinite: trouble.notFinite, opened };
    },
    reset: () => scanner.reset(),
  };
}

describe("one exposition", () => {
  it("is read as the reference reads it", () => {
    fc.assert(
      fc.property(exposition, (text) => {
        expect(readOnce(text)).toEqual(expected(text));
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    ["a 1 1700000000.5", 1],
    ['a 2 # {trace_id="}"} 0.5 1700000000.5', 2],
    ["a 123456789012345", 123_456_789_012_345],
    ["a 9007199254740993", 9_007_199_254_740_992],
    ["a 0.1", 0.1],
    ["a 123456.789012345", 123_456.789_012_345],
    ["a -7", -7],
    ["a 1e3\r", 1_000],
  ])("%s", (line, value) => {
    expect(readOnce(line)).toEqual({ samples: [{ name: "a", labels: {}, value }], malformed: 0, notFinite: 0 });
  });

  it("takes names that are not plain, in quotes", () => {
    expect(readOnce('{"http.requests","service.name"="a\\"b",le="1"} 3').samples).toEqual([
      { name: "http.requests", labels: { "service.name": 'a"b', le: "1" }, value: 3 },
    ]);
  });

  it("does not let an escape carry a line over its end", () => {
    expect(readOnce('a{x="\\\nb 2\n')).toEqual({ samples: [{ name: "b", labels: {}, value: 2 }], malformed: 1, notFinite: 0 });
  });

  it("shows the line that is wrong, without the comments before it", () => {
    const { firstMalformed } = readExposition("# TYPE a counter\n<html>\na 1", () => undefined);
    expect(firstMalformed).toBe("<html>");
  });

  it("is read as the reference reads it where lines share most of their labels", () => {
    fc.assert(
      fc.property(histograms, (lines) => {
        expect(readOnce(lines.join("\n"))).toEqual(expected(lines.join("\n")));
      }),
    );
  });

  it("takes a key that stands twice by its last value, also where only the first one changed", () => {
    const lines = ['a{x="1",y="2",x="3"} 1', 'a{x="2",y="2",x="3"} 1', 'a{x="2",y="2"} 1'];
    expect(readOnce(lines.join("\n")).samples).toEqual([
      { name: "a", labels: { x: "3", y: "2" }, value: 1 },
      { name: "a", labels: { x: "3", y: "2" }, value: 1 },
      { name: "a", labels: { x: "2", y: "2" }, value: 1 },
    ]);
  });

  it("opens a series that stands twice once, and hands out both samples", () => {
    const reader = createReader();
    const { opened, samples } = reader.read('a{x="1"} 1\nb 1\na{x="1"} 2\n');
    expect([opened, samples.length]).toEqual([['a{x="1"}', "b"], 3]);
    expect(reader.read('b 1\na{x="1"} 1\na{x="1"} 2\n').opened).toEqual([]);
  });

  it("reads up to half a million samples, and says how much it left", () => {
    const { trouble } = new ExpositionScanner<Handle>().scan("a 1\n".repeat(500_003), {
      open: (series) => ({ series, line: 0 }),
      sample: () => undefined,
    });
    expect(trouble).toEqual({ malformed: 0, notFinite: 0, firstMalformed: null, overflow: 3 });
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (all) => {
        const reader = createReader();
        for (const bytes of all) {
          const { samples, malformed, notFinite } = reader.read(bytes);
          const once = readOnce(
            Buffer.from(bytes)
              .toString("latin1")
              .replace(/[\u0080-\u{ffff}]/gu, "?"),
          );
          expect(samples.length + malformed + notFinite).toBe(once.samples.length + once.malformed + once.notFinite);
        }
      }),
    );
  });
});

const wants = (name: string): boolean => name === "up" || name === "a:b";

describe("one exposition after the other", () => {
  it("are each read as if they were the only one, whatever was added, changed, moved or taken away", () => {
    fc.assert(
      fc.property(expositions, (texts) => {
        const reader = createReader();
        for (const text of texts) {
          const [read, truth] = [reader.read(text), expected(text)];
          expect(read.samples).toEqual(truth.samples);
          // A line may be wrong in both ways: by its name, and by a value that is no number.
          expect(read.malformed + read.notFinite).toBe(truth.malformed + truth.notFinite);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("parses no series again in the steady state", () => {
    fc.assert(
      fc.property(fc.uniqueArray(sampleLine, { maxLength: 30 }), fc.nat(9), (lines, digit) => {
        const finite = lines.filter((line) => expected(line).samples.length === 1);
        const reader = createReader();
        reader.read(finite.join("\n"));
        expect(reader.read(finite.join("\n")).opened).toEqual([]);
        const changed = finite.map((line) => line.slice(0, line.lastIndexOf(" ") + 1) + String(digit));
        const isKept = changed.every((line, at) => line.trimEnd() !== "" && seriesIn(line) === seriesIn(finite[at] ?? ""));
        fc.pre(isKept);
        expect(reader.read(changed.join("\n")).opened).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  const lines = Array.from({ length: 1_000 }, (_, index) => `# TYPE m${index} counter\nm${index}{a="b"} ${index}`);

  it("opens only what was added, and goes on behind it", () => {
    const reader = createReader();
    reader.read(lines.join("\n"));
    expect(reader.read(lines.toSpliced(500, 0, "added 1").join("\n")).opened).toHaveLength(1);
  });

  it("finds its place again behind what was taken away, be it much", () => {
    const reader = createReader();
    reader.read(lines.join("\n"));
    const rest = [...lines.slice(0, 300), ...lines.slice(700)];
    expect(reader.read(rest.join("\n")).opened).toEqual([]);
    expect(reader.read(rest.join("\n")).opened).toEqual([]);
  });

  it("finds its place again where blocks changed places", () => {
    const reader = createReader();
    reader.read(`${lines.join("\n")}\n`);
    expect(reader.read([...lines.slice(600), ...lines.slice(0, 600), ""].join("\n")).opened).toEqual([]);
  });

  it("finds what stands in another order by its bytes, without asking for it", () => {
    const reader = createReader();
    const plain = Array.from({ length: 1_000 }, (_, index) => `m{index="${index}"} ${index}`);
    reader.read(plain.join("\n"));
    const turned = plain.toReversed().join("\n");
    const { opened, ...read } = reader.read(turned);
    expect(opened).toEqual([]);
    expect(read).toEqual(expected(turned));
  });

  it("tells which series are gone, and which are not", () => {
    fc.assert(
      fc.property(expositions, (texts) => {
        const scanner = new ExpositionScanner<Handle & { spelled: string }>();
        let before = new Set<string>();
        for (const text of texts) {
          const now = new Set<string>();
          const gone: string[] = [];
          scanner.scan(text, {
            open: (series, spelling) => ({ series, spelled: spelling.text(), line: 0 }),
            sample: ({ spelled }) => now.add(spelled),
            gone(handle, spelling) {
              expect(handle.spelled).toBe(spelling.text());
              gone.push(handle.spelled);
            },
          });
          expect(gone.toSorted()).toEqual([...before].filter((one) => !now.has(one)).toSorted());
          before = now;
        }
      }),
      { numRuns: 200 },
    );
  });

  it("finds its place again among what is not wanted", () => {
    const scanner = new ExpositionScanner<Handle>();
    const visitor = { wants, open: (series: Series) => ({ series, line: 0 }), sample: () => undefined };
    const page = lines.slice(0, 200).join("\n");
    expect(scanner.scan(page, visitor).unwanted).toBe(200);
    const shorter = lines.slice(0, 200).filter((_, at) => at % 40 !== 7);
    expect(scanner.scan(shorter.join("\n"), visitor).unwanted).toBe(shorter.length);
    expect(scanner.scan(page, visitor).unwanted).toBe(200);
  });

  it("opens no series of a name that is not wanted, and finds what is broken there", () => {
    fc.assert(
      fc.property(expositions, (texts) => {
        const scanner = new ExpositionScanner<Handle>();
        for (const text of texts) {
          const truth = expected(text).samples.map((sample) => sample.name);
          const read: string[] = [];
          const { unwanted, trouble } = scanner.scan(text, {
            wants,
            open(series) {
              expect(wants(series.name)).toBe(true);
              return { series, line: 0 };
            },
            sample: ({ series }) => read.push(series.name),
          });
          expect(read).toEqual(truth.filter(wants));
          // Labels that are not taken apart are not found to be wrong.
          expect(unwanted).toBeGreaterThanOrEqual(truth.length - read.length);
          expect(unwanted + read.length + trouble.malformed + trouble.notFinite).toBe(allLines(text));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("asks for everything again once it was told to forget", () => {
    const reader = createReader();
    reader.read("a 1\nb 2");
    reader.reset();
    expect(reader.read("a 1\nb 2").opened).toEqual(["a", "b"]);
  });

  it("asks again for what it was not given", () => {
    const scanner = new ExpositionScanner<Handle>();
    const opened: string[] = [];
    const visitor = {
      open(series: Series) {
        opened.push(series.name);
        return series.name === "b" ? null : { series, line: 0 };
      },
      sample: () => undefined,
    };
    scanner.scan("a 1\nb 2\nc 3\n", visitor);
    scanner.scan("a 1\nb 2\nc 3\n", visitor);
    expect(opened).toEqual(["a", "b", "c", "b"]);
  });
});
