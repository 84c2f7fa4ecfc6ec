import { beforeEach, describe, expect, it } from "vitest";

import { createStubAdmin, type StubAdmin } from "../testing/stub-admin.ts";
import { readStats, type Before, type StatsReading } from "./stats-reader.ts";

let admin: StubAdmin;

beforeEach(() => {
  admin = createStubAdmin();
  admin.process = { start: "monday", uptimeSeconds: 500, lines: ["a 1"] };
});

const FIRST: Before = { life: null, sinceMs: 1_000, hasFailed: false, wasRefused: false };

async function read(before: Partial<Before> = {}): Promise<StatsReading> {
  const reading = await readStats(admin, ".", { ...FIRST, ...before }, new AbortController().signal);
  if (!reading.ok) throw reading.error;
  return reading.value;
}

/** One good look, and its life as the next one knows it. */
async function known(): Promise<Before> {
  const { life } = await read();
  admin.calls.length = 0;
  return { ...FIRST, life };
}

describe("the first look at a proxy", () => {
  it("is a base line when it ran before", async () => {
    expect(await read()).toMatchObject({ joining: "base-line", life: { start: "monday", uptimeSeconds: 500 } });
  });

  it("counts from zero when it has not been up for as long as it was not there", async () => {
    admin.process = { start: "monday", uptimeSeconds: 1, lines: [] };
    expect((await read({ sinceMs: 2_000 })).joining).toBe("from-zero");
    expect((await read({ sinceMs: 1_999 })).joining).toBe("base-line");
  });

  it("counts from zero when nobody listened the time before", async () => {
    expect((await read({ hasFailed: true, wasRefused: true })).joining).toBe("from-zero");
    expect((await read({ hasFailed: true })).joining).toBe("base-line");
  });

  it("takes the statistics of the process that it names, also when that one comes up meanwhile", async () => {
    admin.onCall = () => {
      if (admin.calls.length === 2) admin.process = { start: "tuesday", uptimeSeconds: 0, lines: ["a 7"] };
    };
    expect(await read()).toMatchObject({ life: { start: "tuesday" }, text: expect.stringContaining("a 7") });
  });
});

describe("a further look", () => {
  it("goes on with one question while a restart is out of the question", async () => {
    const before = await known();
    admin.process = { start: "monday", uptimeSeconds: 501, lines: ["a 2"] };
    expect(await read(before)).toMatchObject({ joining: "continue", life: { start: "monday", uptimeSeconds: 501 } });
    expect(admin.calls).toEqual(["prometheus"]);
  });

  it("goes on over a failure when it is still the same process", async () => {
    const before = await known();
    expect((await read({ ...before, hasFailed: true })).joining).toBe("continue");
    expect(admin.calls).toEqual(["prometheus", "processStart"]);
  });

  it.each([
    ["by a shorter uptime", { uptimeSeconds: 0 }, {}],
    ["after a failure, with an uptime past the old one", { uptimeSeconds: 900 }, { hasFailed: true }],
    ["within a long silence, with an uptime past the old one", { uptimeSeconds: 600 }, { sinceMs: 700_000 }],
  ])("sees a restart %s, and counts all of the new process", async (_case, process, more) => {
    const before = await known();
    admin.process = { start: "tuesday", lines: ["a 9"], ...process };
    expect(await read({ ...before, ...more })).toMatchObject({ joining: "from-zero", life: { start: "tuesday" } });
  });

  it("asks a young process each time, since a restart could hide", async () => {
    admin.process = { start: "monday", uptimeSeconds: 1, lines: [] };
    const before = await known();
    admin.process = { start: "tuesday", uptimeSeconds: 1, lines: ["a 1"] };
    expect((await read(before)).joining).toBe("from-zero");
  });

  it("asks each time where the statistics do not hold the uptime", async () => {
    const before = await known();
    admin.prometheus = async () => ({ ok: true, value: { text: "a 3", elapsedMs: 1 } });
    expect((await read(before)).joining).toBe("continue");
    admin.process = { start: "tuesday", uptimeSeconds: 900, lines: [] };
    expect((await read(before)).joining).toBe("from-zero");
  });

  it("throws away statistics of which it is not sure whose they are", async () => {
    const before = await known();
    admin.process = { start: "monday", uptimeSeconds: 501, lines: ["old 1"] };
    admin.onCall = (call) => {
      if (call === "processStart" && admin.process?.start === "monday")
        admin.process = { start: "tuesday", uptimeSeconds: 0, lines: ["new 1"] };
    };
    const reading = await read({ ...before, hasFailed: true });
    expect(reading).toMatchObject({ joining: "from-zero", life: { start: "tuesday" }, text: expect.stringContaining("new 1") });
    expect(reading.text).not.toContain("old 1");
  });

  it("gives up on a process that is another one each time", async () => {
    let starts = 0;
    admin.onCall = () => {
      admin.process = { start: `start ${starts++}`, uptimeSeconds: 0, lines: [] };
    };
    await expect(read()).rejects.toThrow("http://127.0.0.1:9901 started anew each time it was asked.");
  });
});

describe("an admin that does not tell its start", () => {
  beforeEach(() => admin.forbidden.add("processStart"));

  it("is judged by its uptime", async () => {
    const before = await known();
    expect((await read({ ...before, hasFailed: true })).joining).toBe("continue");
    admin.process = { start: "tuesday", uptimeSeconds: 3, lines: [] };
    expect((await read(before)).joining).toBe("from-zero");
  });

  it("is not taken for silent: a timeout is a failure of the whole look", async () => {
    const before = await known();
    admin.forbidden.clear();
    admin.silent.add("processStart");
    await expect(read({ ...before, hasFailed: true })).rejects.toThrow("did not answer in time");
  });
});
