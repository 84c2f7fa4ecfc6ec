import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  foldAll,
  foldAllBut,
  foldOneLevel,
  nearestRowOf,
  NOTHING_FOLDED,
  openOneLevel,
  reveal,
  rowOf,
  toggleFold,
  visibleRows,
} from "./rows.ts";
import type { FoldNode } from "./rows.ts";

/** A tree from the depths of its spans in order: `[0, 1, 2, 1]` = a root with two children, the first of which has one. */
function tree(depths: readonly number[]): FoldNode[] {
  return depths.map((depth, index) => {
    let parent = -1;
    for (let at = index - 1; at >= 0 && parent < 0; at -= 1) if ((depths[at] ?? 0) < depth) parent = at;
    let end = index + 1;
    while (end < depths.length && (depths[end] ?? 0) > depth) end += 1;
    return { key: `s${index}`, depth, parent, size: end - index - 1 };
  });
}

const anyTree = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }).map((steps) => {
  let depth = 0;
  return tree(
    steps.map((step, index) => {
      depth = index === 0 ? 0 : Math.max(0, depth + 1 - step);
      return depth;
    }),
  );
});

const shop = tree([0, 1, 2, 2, 1, 2, 3]);

describe("folding", () => {
  test("a folded span stays, its descendants go", () => {
    expect(visibleRows(shop, NOTHING_FOLDED)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(visibleRows(shop, new Set(["s1"]))).toEqual([0, 1, 4, 5, 6]);
    expect(visibleRows(shop, new Set(["s1", "s4"]))).toEqual([0, 1, 4]);
    expect(visibleRows(shop, foldAll(shop))).toEqual([0]);
  });

  test("opening only the ways to some spans shows these spans and their ancestors' children", () => {
    const folded = foldAllBut(shop, (node) => node.key === "s5");
    expect(visibleRows(shop, folded)).toEqual([0, 1, 4, 5]);
  });

  test("levels fold from the deepest and open from the shallowest", () => {
    const once = foldOneLevel(shop, NOTHING_FOLDED);
    expect(visibleRows(shop, once)).toEqual([0, 1, 2, 3, 4, 5]);
    const twice = foldOneLevel(shop, once);
    expect(visibleRows(shop, twice)).toEqual([0, 1, 4]);
    expect(visibleRows(shop, openOneLevel(shop, twice))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("a span is shown exactly when none of its ancestors is folded", () => {
    fc.assert(
      fc.property(anyTree, fc.array(fc.nat(39)), (nodes, picks) => {
        const folded = new Set(picks.map((pick) => `s${pick % nodes.length}`));
        const expected = nodes.flatMap((_, index) => {
          for (let at = nodes[index]?.parent ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) if (folded.has(`s${at}`)) return [];
          return [index];
        });
        expect(visibleRows(nodes, folded)).toEqual(expected);
      }),
    );
  });

  test("revealing shows the span and opens nothing else; toggling twice is nothing", () => {
    fc.assert(
      fc.property(anyTree, fc.nat(39), fc.array(fc.nat(39)), (nodes, pick, picks) => {
        const index = pick % nodes.length;
        const folded = new Set(picks.map((one) => `s${one % nodes.length}`));
        const shown = reveal(nodes, folded, index);
        expect(rowOf(visibleRows(nodes, shown), index)).toBeGreaterThanOrEqual(0);
        expect([...shown].every((key) => folded.has(key))).toBe(true);
        expect(toggleFold(toggleFold(folded, "s0"), "s0")).toEqual(folded);
      }),
    );
  });

  test("every span has a nearest row, which is its own where it is shown", () => {
    const rows = visibleRows(shop, new Set(["s1", "s4"]));
    expect(shop.map((_, index) => nearestRowOf(shop, rows, index))).toEqual([0, 1, 1, 1, 2, 2, 2]);
    expect(rowOf(rows, 3)).toBe(-1);
    expect(nearestRowOf([], [], 0)).toBe(-1);
  });
});
