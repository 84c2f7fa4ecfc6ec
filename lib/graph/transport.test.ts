import { describe, expect, it } from "vitest";

import { observedTransport } from "./transport.ts";

describe("observedTransport", () => {
  it.each([
    [{ mutual: 0, oneWay: 0, plaintext: 0 }, "unknown", null],
    [{ mutual: 7, oneWay: 0, plaintext: 0 }, "mutual", 1],
    [{ mutual: 0, oneWay: 7, plaintext: 0 }, "oneWay", 0],
    [{ mutual: 0, oneWay: 0, plaintext: 7 }, "plaintext", 0],
    [{ mutual: 999, oneWay: 0, plaintext: 1 }, "mixed", 0.999],
    [{ mutual: 0, oneWay: 1, plaintext: 1 }, "mixed", 0],
    [{ mutual: 1, oneWay: 1, plaintext: 2 }, "mixed", 0.25],
  ] as const)("calls %o %s", (counts, observed, mutualShare) => {
    expect(observedTransport(counts)).toEqual({ observed, mutualShare });
  });
});
