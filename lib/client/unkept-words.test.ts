import { expect, it } from "vitest";

import type { Notice } from "#lib/model/evidence.ts";

import { emptyWords } from "./unkept-words.ts";

it("says that nobody called only where that would have been kept", () => {
  const at = new Date(2026, 10, 21, 14, 2, 30);
  const notice: Notice = {
    level: "warning",
    code: "nothing-kept",
    text: `Nothing is kept of ${at.toISOString()}`,
    source: null,
    mend: null,
  };
  expect(emptyWords([], "Nobody called.", at.getTime())).toBe("Nobody called.");
  expect(emptyWords([{ ...notice, code: "partly-kept" }], "Nobody called.", at.getTime())).toBe("Nobody called.");
  expect(emptyWords([notice], "Nobody called.", at.getTime())).toBe("Nothing is kept of 14:02:30.");
});
