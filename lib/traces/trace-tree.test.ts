import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Trace } from "#lib/model/trace.ts";
import { arbitraryTangle, arbitraryTrace, spanIdOf, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { buildTraceTree, mainRoot, type SpanNode } from "./trace-tree.ts";

/** The tree as nested names: `a(b c(d))`. */
function drawn(trace: Trace): string {
  const draw = ({ span, key, children }: SpanNode): string => {
    const name = key.includes("/") ? key.replace(/^0+/, "") : span.spanId.replace(/^0+/, "");
    return children.length === 0 ? name : `${name}(${children.map(draw).join(" ")})`;
  };
  return buildTraceTree(trace).roots.map(draw).join(" ");
}

describe("buildTraceTree", () => {
  it.each<[string, SpanSpec[], string]>([
    ["nothing", [], ""],
    ["one span", [{ id: "a" }], "a"],
    ["children by start", [{ id: "a" }, { id: "c", parent: "a", at: 2 }, { id: "b", parent: "a", at: 1 }], "a(b c)"],
    [
      "several roots by start",
      [
        { id: "b", at: 5 },
        { id: "a", at: 1 },
      ],
      "a b",
    ],
    ["an orphan", [{ id: "a" }, { id: "b", parent: "f", at: 1 }, { id: "c", parent: "b", at: 1 }], "a b(c)"],
    [
      "a span that is its own parent",
      [
        { id: "a", parent: "a" },
        { id: "b", parent: "a" },
      ],
      "a(b)",
    ],
    [
      "a circle of two",
      [
        { id: "b", parent: "a", at: 1 },
        { id: "a", parent: "b" },
      ],
      "a(b)",
    ],
    [
      "a circle that others hang from",
      [
        { id: "e", parent: "c" },
        { id: "b", parent: "d", at: 1 },
        { id: "c", parent: "b", at: 2 },
        { id: "d", parent: "c", at: 3 },
      ],
      "b(c(e d))",
    ],
    ["a span that came twice", [{ id: "a" }, { id: "b", parent: "a", ms: 1 }, { id: "b", parent: "a", ms: 2 }], "a(b)"],
    [
      "two halves of one call",
      [{ id: "a" }, { id: "b", parent: "a", kind: "server", at: 2 }, { id: "b", parent: "a", kind: "client", at: 1 }],
      "a(b/client(b/server))",
    ],
  ])("places %s", (_, specs, tree) => {
    expect(drawn(traceOf(specs))).toBe(tree);
  });

  it("gives the children of a shared id to the half of their own process, else to the callee's", () => {
    const halves: SpanSpec[] = [
      { id: "b", kind: "client", service: "caller" },
      { id: "b", kind: "server", service: "callee", at: 1 },
    ];
    const of = (service: string): string => drawn(traceOf([...halves, { id: "c", parent: "b", service, at: 2 }]));
    expect(of("caller")).toBe("b/client(b/server c)");
    expect(of("callee")).toBe("b/client(b/server(c))");
    expect(of("third")).toBe("b/client(b/server(c))");
  });

  it.each<[string, SpanSpec[], number, string[]]>([
    ["nothing odd", [{ id: "a" }], 0, []],
    [
      "a missing parent",
      [{ id: "a" }, { id: "b", parent: "f" }],
      0,
      ["1 span names a parent that is not here (1 missing); it stands at the top."],
    ],
    [
      "missing parents",
      [
        { id: "b", parent: "e" },
        { id: "c", parent: "f" },
        { id: "d", parent: "f" },
      ],
      0,
      ["3 spans name parents that are not here (2 missing); they stand at the top."],
    ],
    ["two beginnings", [{ id: "a" }, { id: "b" }], 0, ["This trace has 2 beginnings; the earliest stands for it."]],
    ["itself", [{ id: "a", parent: "a" }], 0, ["1 span names itself as parent."]],
    [
      "a circle",
      [
        { id: "a", parent: "b" },
        { id: "b", parent: "a" },
      ],
      0,
      ["Some spans name each other as parents; the circle is cut above the earliest."],
    ],
    ["repeats", [{ id: "a" }, { id: "a" }, { id: "a" }], 0, ["2 spans came more than once and are shown once."]],
    ["spans left out", [{ id: "a" }], 7, ["7 spans of this trace are not loaded."]],
  ])("says of %s", (_, specs, omitted, notices) => {
    expect(buildTraceTree(traceOf(specs, { omitted })).notices).toEqual(notices);
  });

  it("marks an orphan with the parent that it misses", () => {
    const [orphan] = buildTraceTree(traceOf([{ id: "b", parent: "f" }])).roots;
    expect(orphan).toMatchObject({ isOrphan: true, missingParentId: spanIdOf("f"), parent: null, depth: 0 });
  });

  it("places each id and kind once, parents before children, whatever was sent", () => {
    fc.assert(
      fc.property(arbitraryTangle, (trace) => {
        const { nodes, roots } = buildTraceTree(trace);
        const sent = new Set(trace.spans.map(({ spanId, kind }) => `${spanId}/${kind}`));
        expect(nodes.map(({ span }) => `${span.spanId}/${span.kind}`).toSorted()).toEqual([...sent].toSorted());
        expect(new Set(nodes.map(({ key }) => key)).size).toBe(nodes.length);
        const place = new Map(nodes.map((node, index) => [node, index]));
        for (const node of nodes) {
          expect(node.depth).toBe(node.parent === null ? 0 : node.parent.depth + 1);
          expect(node.parent?.children.includes(node) ?? roots.includes(node)).toBe(true);
          expect(place.get(node)).toBeGreaterThan(node.parent === null ? -1 : (place.get(node.parent) ?? Number.NaN));
          expect(node.children.map(({ span }) => span.startMs)).toEqual(
            node.children.map(({ span }) => span.startMs).toSorted((a, b) => a - b),
          );
        }
      }),
    );
  });

  it("keeps the parents of a real tree", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const { nodes, notices } = buildTraceTree(trace);
        for (const { span, parent } of nodes) expect(parent?.span.spanId ?? null).toBe(span.parentId);
        expect(notices).toEqual([]);
      }),
    );
  });

  it("takes 50,000 spans below one, and 50,000 below each other", () => {
    const count = 50_000;
    const below = (parentOf: (index: number) => number): Trace =>
      traceOf(
        Array.from({ length: count }, (_, index) => ({
          id: hexId(index),
          at: index,
          ms: 1,
          ...(index === 0 ? {} : { parent: hexId(parentOf(index)) }),
        })),
      );
    const wide = buildTraceTree(below(() => 0));
    expect([wide.nodes.length, wide.roots[0]?.children.length]).toEqual([count, count - 1]);
    const deep = buildTraceTree(below((index) => index - 1));
    expect([deep.nodes.length, deep.nodes.at(-1)?.depth]).toEqual([count, count - 1]);
  });
});

function hexId(index: number): string {
  return (index + 1).toString(16);
}

describe("mainRoot", () => {
  it("is the earliest span without a parent, before any earlier orphan", () => {
    const trace = traceOf([
      { id: "b", parent: "f" },
      { id: "c", at: 5 },
      { id: "a", at: 3 },
    ]);
    expect(mainRoot(buildTraceTree(trace))?.span.spanId).toBe(spanIdOf("a"));
  });

  it("is the earliest orphan where nothing else came, and nothing for an empty trace", () => {
    expect(
      mainRoot(
        buildTraceTree(
          traceOf([
            { id: "b", parent: "f", at: 2 },
            { id: "a", parent: "f", at: 1 },
          ]),
        ),
      )?.span.spanId,
    ).toBe(spanIdOf("a"));
    expect(mainRoot(buildTraceTree(traceOf([])))).toBeNull();
  });
});
