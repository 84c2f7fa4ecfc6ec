import { describe, expect, it } from "vitest";

import { RouteLocks } from "./route-locks.ts";

describe("RouteLocks", () => {
  it("lets one writer of a route work at a time, in the order they came", async () => {
    const locks = new RouteLocks();
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const first = locks.hold("a", async () => {
      seen.push("first begins");
      await gate.promise;
      seen.push("first ends");
    });
    const second = locks.hold("a", async () => void seen.push("second"));
    await locks.hold("b", async () => void seen.push("other route"));
    expect(seen).toEqual(["first begins", "other route"]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(seen).toEqual(["first begins", "other route", "first ends", "second"]);
  });

  it("answers what the work answers, and goes on after one that threw", async () => {
    const locks = new RouteLocks();
    const failing = locks.hold("a", () => Promise.reject(new Error("broken")));
    const next = locks.hold("a", async () => 7);
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe(7);
  });
});
