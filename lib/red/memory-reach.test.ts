import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { NOTHING_KEPT, PARTLY_KEPT, reachNotice } from "./memory-reach.ts";

const WINDOW = { fromMs: Date.UTC(2026, 0, 1, 12), toMs: Date.UTC(2026, 0, 1, 12, 1) };

function codeFor(keptFromMs: number | null): string | null {
  return reachNotice(WINDOW, { source: "proxies", keptFromMs, mend: "Wait" })?.code ?? null;
}

describe("reachNotice", () => {
  it("has nothing to say where all is kept, or nobody knows", () => {
    expect([codeFor(null), codeFor(WINDOW.fromMs), codeFor(0)]).toEqual([null, null, null]);
  });

  it("tells a window of which nothing is kept from one whose beginning is gone", () => {
    expect(codeFor(WINDOW.toMs)).toBe(NOTHING_KEPT);
    expect(codeFor(WINDOW.toMs - 1)).toBe(PARTLY_KEPT);
  });

  it("names the source and how far back it reaches", () => {
    const notice = reachNotice(WINDOW, { source: "proxies", keptFromMs: WINDOW.fromMs + 20_000, mend: "Wait" });
    expect(notice).toMatchObject({ source: "proxies", mend: "Wait", text: expect.stringContaining("back to 2026-01-01T12:00:20.000Z") });
  });

  it("is silent exactly where the memory covers the window", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 200_000 }), (offset) => {
        expect(codeFor(WINDOW.fromMs + offset) === null).toBe(offset <= 0);
      }),
    );
  });
});
