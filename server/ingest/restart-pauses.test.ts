import { describe, expect, it } from "vitest";

import { RestartPauses } from "./restart-pauses.ts";

describe("pauses before a restart", () => {
  it("grow from one second to thirty, and begin anew after a long life", () => {
    const pauses = new RestartPauses();
    expect(Array.from({ length: 7 }, () => pauses.next(10))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect([pauses.next(59_999), pauses.next(60_000), pauses.next(10)]).toEqual([30_000, 1_000, 2_000]);
  });
});
