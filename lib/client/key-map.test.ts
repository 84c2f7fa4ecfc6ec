import { describe, expect, test } from "vitest";

import { isSingleKey, KeySequencer } from "./key-map.ts";

const press = (key: string, part: { isCtrl?: boolean; isShift?: boolean } = {}) => ({
  key,
  isCtrl: part.isCtrl ?? false,
  isShift: part.isShift ?? false,
});

describe("KeySequencer", () => {
  const combos = ["g m", "g s", "mod+k", "?", "/", "mod+Enter"];

  test("completes single keys, chords and sequences", () => {
    const keys = new KeySequencer();
    expect(keys.press(press("/"), 0, combos)).toBe("/");
    expect(keys.press(press("?", { isShift: true }), 0, combos)).toBe("?");
    expect(keys.press(press("k", { isCtrl: true }), 0, combos)).toBe("mod+k");
    expect(keys.press(press("Enter", { isCtrl: true }), 0, combos)).toBe("mod+Enter");
    expect(keys.press(press("g"), 0, combos)).toBeNull();
    expect(keys.press(press("s"), 300, combos)).toBe("g s");
  });

  test("forgets the first letter after a moment or after another key", () => {
    const keys = new KeySequencer();
    keys.press(press("g"), 0, combos);
    expect(keys.press(press("m"), 5_000, combos)).toBeNull();
    keys.press(press("g"), 6_000, combos);
    keys.press(press("x"), 6_100, combos);
    expect(keys.press(press("m"), 6_200, combos)).toBeNull();
  });

  test("tells a letter with Shift from the letter, where both mean something", () => {
    const keys = new KeySequencer();
    expect(keys.press(press("N", { isShift: true }), 0, ["n", "shift+n"])).toBe("shift+n");
    expect(keys.press(press("n"), 0, ["n", "shift+n"])).toBe("n");
    expect(keys.press(press("N", { isShift: true }), 0, ["n"])).toBe("n");
    expect(keys.press(press("?", { isShift: true }), 0, ["?"])).toBe("?");
  });

  test("knows which shortcuts a reader may turn off", () => {
    expect(["g m", "?", "mod+k", "Escape"].map(isSingleKey)).toEqual([true, true, false, false]);
    expect(["+", "-", "shift+n", "mod+b"].map(isSingleKey)).toEqual([true, true, true, false]);
  });
});
