import { describe, expect, test } from "vitest";

import { treeAction, WATERFALL_KEYS, type TreePlace } from "./waterfall-keys.ts";

const place = (parts: Partial<TreePlace> = {}): TreePlace => ({
  row: 5,
  rows: 20,
  page: 10,
  hasChildren: true,
  isFolded: false,
  parentRow: 3,
  ...parts,
});
const act = (key: string, parts: Partial<TreePlace> = {}) => treeAction({ key, isShift: false }, place(parts));

describe("keys on a row", () => {
  test("walk the rows and stop at the ends", () => {
    expect(act("ArrowDown")).toEqual({ do: "go", row: 6 });
    expect(act("ArrowUp", { row: 0 })).toEqual({ do: "go", row: 0 });
    expect(act("PageDown", { row: 15 })).toEqual({ do: "go", row: 19 });
    expect(act("Home")).toEqual({ do: "go", row: 0 });
    expect(act("End")).toEqual({ do: "go", row: 19 });
    expect(act("ArrowDown", { rows: 0 })).toBeNull();
  });

  test("right opens, then goes in; left folds, then goes out", () => {
    expect(act("ArrowRight", { isFolded: true })).toEqual({ do: "toggle" });
    expect(act("ArrowRight")).toEqual({ do: "go", row: 6 });
    expect(act("ArrowRight", { hasChildren: false })).toBeNull();
    expect(act("ArrowLeft")).toEqual({ do: "toggle" });
    expect(act("ArrowLeft", { isFolded: true })).toEqual({ do: "go", row: 3 });
    expect(act("ArrowLeft", { hasChildren: false, parentRow: -1 })).toBeNull();
  });

  test("Enter and Space open the details; other keys are left alone", () => {
    expect(act("Enter")).toEqual({ do: "open" });
    expect(act(" ")).toEqual({ do: "open" });
    expect(act("Tab")).toBeNull();
  });
});

test("shortcuts leave the keys of the console alone", () => {
  const taken = ["/", "?", "g", "l", "t", "mod+k"];
  expect(Object.keys(WATERFALL_KEYS).filter((combo) => taken.includes(combo))).toEqual([]);
});
