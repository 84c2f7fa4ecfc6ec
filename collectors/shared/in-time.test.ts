import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { inTime } from "./in-time.ts";

describe("inTime", () => {
  it("hands on what comes in time, and lets go of the clock", async () => {
    const time = createFakeTime();
    expect(await inTime(Promise.resolve("answer"), 1_000, time.scheduler)).toBe("answer");
    expect(time.waiting).toBe(0);
    await expect(inTime(Promise.reject(new Error("broken")), 1_000, time.scheduler)).rejects.toThrow("broken");
  });

  it("is null once the time is over, while what was waited for goes on", async () => {
    const time = createFakeTime();
    const late = Promise.withResolvers<string>();
    const waiting = inTime(late.promise, 1_000, time.scheduler);
    await time.advance(1_000);
    expect(await waiting).toBeNull();
    late.resolve("answer");
    expect(await late.promise).toBe("answer");
  });
});
