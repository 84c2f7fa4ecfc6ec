import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";

import type { Span, Trace } from "#lib/model/trace.ts";

import { buildTraceView } from "./build-trace-view.ts";
import { rowRange } from "./row-range.ts";
import { SpanRow } from "./span-row.tsx";
import type { TraceView } from "./trace-view.ts";
import { rowsToDraw } from "./waterfall.tsx";

function viewOf(count: number, name: (index: number) => string): TraceView {
  const spans: Span[] = Array.from({ length: count }, (_, index) => ({
    spanId: `s${index}`,
    parentId: index === 0 ? null : `s${Math.floor((index - 1) / 3)}`,
    name: name(index),
    kind: "server",
    resource: 0,
    startMs: index / 100,
    durationMs: 50,
    status: "unset",
    statusMessage: null,
    isError: index % 2 === 1,
    attributes: [],
    events: [],
    links: [],
    scope: null,
    cut: [],
  }));
  const trace: Trace = {
    id: "9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e",
    startedAt: "2026-01-01T12:00:00.000Z",
    startUnixNano: "1767268800000000000",
    durationMs: count / 100 + 50,
    resources: [{ service: "\u202egateway<b>", namespace: null, version: null, instance: null, attributes: [] }],
    spans,
    omitted: 0,
    externalUrl: null,
  };
  return buildTraceView(trace, true);
}

function markupOf(view: TraceView, rows: readonly number[]): string {
  return rows
    .map((row) => {
      const node = view.nodes[row];
      return node === undefined
        ? ""
        : renderToStaticMarkup(
            <SpanRow
              node={node}
              row={row}
              rowPx={36}
              isFolded={false}
              isActive={row === 0}
              isSelected={false}
              isMatch
              range={view.whole}
              widthPx={640}
              ghost={{ startMs: node.startMs, endMs: node.endMs }}
            />,
          );
    })
    .join("");
}

describe("rows of ten thousand spans", () => {
  const view = viewOf(10_000, (index) => `GET /${index}`);

  test("take fewer than two thousand elements on a tall screen, even where every mark is drawn", () => {
    const { first, last } = rowRange(10_000, 36, 4_000 * 36, 1_300);
    const markup = markupOf(view, rowsToDraw(first, last, 0));
    const elements = markup.match(/<[a-z]/g)?.length ?? 0;
    expect(elements).toBeGreaterThan(500);
    expect(elements).toBeLessThan(2_000);
  });

  test("the row that Tab reaches is drawn wherever it is, once", () => {
    expect(rowsToDraw(8, 11, 2)).toEqual([2, 8, 9, 10, 11]);
    expect(rowsToDraw(8, 11, 9)).toEqual([8, 9, 10, 11]);
    expect(rowsToDraw(8, 11, 90)).toEqual([8, 9, 10, 11, 90]);
    expect(rowsToDraw(0, -1, -1)).toEqual([]);
  });
});

describe("a row", () => {
  test("tells its place in the tree", () => {
    const markup = markupOf(
      viewOf(5, () => "work"),
      [1],
    );
    for (const part of [
      'role="row"',
      'aria-level="2"',
      'aria-posinset="1"',
      'aria-setsize="3"',
      'aria-expanded="true"',
      'aria-rowindex="3"',
    ]) {
      expect(markup).toContain(part);
    }
  });

  test("shows foreign text as text, kept apart from what surrounds it", () => {
    const markup = markupOf(
      viewOf(1, () => "<img src=x onerror=alert(1)>\u202e"),
      [0],
    );
    expect(markup).not.toContain("<img");
    expect(markup).not.toContain("<b>");
    expect(markup).not.toContain("\u202e");
    expect(markup).toMatch(/<bdi[^>]*>&lt;img src=x onerror=alert\(1\)&gt;<span[^>]*>U\+202E<\/span><\/bdi>/);
    expect(markup).toMatch(/<bdi[^>]*><span[^>]*>U\+202E<\/span>gateway&lt;b&gt;<\/bdi>/);
  });
});
