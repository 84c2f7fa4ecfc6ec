import { describe, expect, test } from "vitest";

import { Announcer, QUIET_MS } from "./announcer.ts";

describe("Announcer", () => {
  test("speaks at most once in ten seconds, and then only the newest", () => {
    let now = 0;
    const waits: { delayMs: number; task: () => void }[] = [];
    const announcer = new Announcer({ nowMs: () => now, after: (delayMs, task) => waits.push({ delayMs, task }) });
    announcer.announce("one");
    expect(announcer.getText()).toBe("one");
    now += 1_000;
    announcer.announce("two");
    announcer.announce("three");
    expect(announcer.getText()).toBe("one");
    expect(waits.map((wait) => wait.delayMs)).toEqual([QUIET_MS - 1_000]);
    now += QUIET_MS - 1_000;
    waits[0]?.task();
    expect(announcer.getText()).toBe("three");
  });
});
