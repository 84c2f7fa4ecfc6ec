import { describe, expect, it } from "vitest";

import { ObjectLocks } from "./object-locks.ts";

describe("ObjectLocks", () => {
  it("lets one writer of an object work at a time, in the order they came", async () => {
    const locks = new ObjectLocks();
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const first = locks.hold("a", async () => {
      seen.push("first begins");
      await gate.promise;
      seen.push("first ends");
    });
    const second = locks.hold("a", async () => void seen.push("second"));
    await locks.hold("b", async () => void seen.push("other object"));
    expect(seen).toEqual(["first begins", "other object"]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(seen).toEqual(["first begins", "other object", "first ends", "second"]);
  });

  it("answers what the work answers, and goes on after one that threw", async () => {
    const locks = new ObjectLocks();
    const failing = locks.hold("a", () => Promise.reject(new Error("broken")));
    const next = locks.hold("a", async () => 7);
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe(7);
  });
});
