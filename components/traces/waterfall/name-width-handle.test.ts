import { expect, test } from "vitest";

import { LEAST_NAMES, MOST_NAMES, namesAfterKey, USUAL_NAMES } from "./name-width-handle.tsx";

test("the separator moves by keys, within its ends, and back to the usual width", () => {
  expect(namesAfterKey("ArrowLeft", false, 34)).toBe(32);
  expect(namesAfterKey("ArrowRight", true, 34)).toBe(44);
  expect(namesAfterKey("ArrowLeft", true, 16)).toBe(LEAST_NAMES);
  expect(namesAfterKey("ArrowRight", false, 70)).toBe(MOST_NAMES);
  expect([namesAfterKey("Home", false, 34), namesAfterKey("End", false, 34)]).toEqual([LEAST_NAMES, MOST_NAMES]);
  expect(namesAfterKey("Enter", false, 60)).toBe(USUAL_NAMES);
  expect(namesAfterKey("Tab", false, 34)).toBeNull();
});
