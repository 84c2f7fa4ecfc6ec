import { beforeEach, describe, expect, test } from "vitest";

import { statusOf } from "#lib/testing/builders.ts";

import { liveStatus, liveWriteRefusal, STALE_AFTER_MS } from "./live-state.ts";
import { LiveStream, type EventSourceLike, type LiveEvent } from "./live-stream.ts";

/** A line that the test speaks into. */
class FakeLine implements EventSourceLike {
  readyState = 1;
  isClosed = false;
  private readonly listeners = new Map<string, ((event: { data?: unknown }) => void)[]>();
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 2;
  }

  say(name: string, data: unknown): void {
    for (const listener of this.listeners.get(name) ?? []) listener({ data: typeof data === "string" ? data : JSON.stringify(data) });
  }

  breakDown(isFinal: boolean): void {
    this.readyState = isFinal ? 2 : 0;
    for (const listener of this.listeners.get("error") ?? []) listener({});
  }
}

const SNAPSHOT = { graph: null, changes: [], sources: [statusOf({ id: "x" })] };

let now = 0;
let lines: FakeLine[] = [];
let waits: { delayMs: number; task: () => void; isCancelled: boolean }[] = [];
let events: LiveEvent[] = [];

function open(): LiveStream {
  return new LiveStream(
    {
      open: (url) => {
        const line = new FakeLine(url);
        lines.push(line);
        return line;
      },
      nowMs: () => now,
      random: () => 0.5,
      after: (delayMs, task) => {
        const wait = { delayMs, task, isCancelled: false };
        waits.push(wait);
        return () => {
          wait.isCancelled = true;
        };
      },
    },
    (event) => events.push(event),
  );
}

const line = () => lines.at(-1) ?? new FakeLine("none");
const word = (stream: LiveStream) => liveStatus(stream.getState(), now).word;

beforeEach(() => {
  now = 1_000_000;
  lines = [];
  waits = [];
  events = [];
});

describe("LiveStream", () => {
  test("connects, is live with the first event, and grows stale when ticks stay away", () => {
    const stream = open();
    stream.follow("/api/live?window=60s");
    expect(word(stream)).toBe("connecting");
    line().say("snapshot", SNAPSHOT);
    expect(word(stream)).toBe("live");
    expect(events.map((event) => event.name)).toEqual(["snapshot"]);
    now += STALE_AFTER_MS + 1;
    expect(word(stream)).toBe("stale");
  });

  test("says how many sources are complete when one is not", () => {
    const stream = open();
    stream.follow("/a");
    line().say("snapshot", { ...SNAPSHOT, sources: [statusOf({ id: "x", state: "healthy" }), statusOf({ id: "y", state: "healthy" })] });
    line().say("source", statusOf({ id: "y", state: "down" }));
    expect(liveStatus(stream.getState(), now)).toMatchObject({ word: "partly", detail: "1 of 2 sources complete" });
  });

  test("the same address again keeps the line, another one replaces it", () => {
    const stream = open();
    stream.follow("/a");
    stream.follow("/a");
    expect(lines).toHaveLength(1);
    stream.follow("/b");
    expect(lines.map((one) => `${one.url} ${one.isClosed}`)).toEqual(["/a true", "/b false"]);
  });

  test("leaves a broken line to the browser, and opens a new one itself when the browser gave up, later each time", () => {
    const stream = open();
    stream.follow("/a");
    line().say("snapshot", SNAPSHOT);
    line().breakDown(false);
    expect(word(stream)).toBe("offline");
    expect(waits).toHaveLength(0);
    line().breakDown(true);
    expect(waits.map((wait) => wait.delayMs)).toEqual([750]);
    waits[0]?.task();
    expect(lines).toHaveLength(2);
    expect(word(stream)).toBe("offline");
    line().breakDown(true);
    expect(waits.map((wait) => wait.delayMs)).toEqual([750, 1_500]);
    waits[1]?.task();
    line().say("snapshot", SNAPSHOT);
    expect(word(stream)).toBe("live");
  });

  test("pause closes the line and forbids writing; resume opens a new one", () => {
    const stream = open();
    stream.follow("/a");
    line().say("snapshot", SNAPSHOT);
    stream.pause();
    expect(line().isClosed).toBe(true);
    expect(word(stream)).toBe("paused");
    expect(liveWriteRefusal(stream.getState(), now)).toContain("Paused at");
    stream.follow("/b");
    expect(lines).toHaveLength(1);
    stream.resume();
    expect(lines.map((one) => one.url)).toEqual(["/a", "/b"]);
    expect(liveWriteRefusal(stream.getState(), now)).toBeNull();
  });

  test("who looks at the past is told so whatever the line does, and may not write", () => {
    const stream = open();
    stream.follow("/a");
    line().say("snapshot", SNAPSHOT);
    const atMs = now - 12 * 60_000;
    expect(liveStatus(stream.getState(), now, atMs)).toMatchObject({
      word: "past",
      title: "Past",
      detail: expect.stringMatching(/^ends .*, 12\u00a0min ago$/),
    });
    expect(liveWriteRefusal(stream.getState(), now, atMs)).toMatch(/^You look at .*: go back to live to change anything\.$/);
    stream.pause();
    expect(liveStatus(stream.getState(), now, atMs).word).toBe("past");
  });

  test("a sleeping tab gives its line back and takes a new one when it wakes; a pause is stronger", () => {
    const stream = open();
    stream.follow("/a");
    stream.sleep();
    expect(line().isClosed).toBe(true);
    stream.wake();
    stream.wake();
    expect(lines).toHaveLength(2);
    stream.pause();
    stream.wake();
    expect(lines).toHaveLength(2);
  });

  test("a pending new try is given up when the stream is closed", () => {
    const stream = open();
    stream.follow("/a");
    line().breakDown(true);
    stream.close();
    expect(waits.every((wait) => wait.isCancelled)).toBe(true);
  });

  test.each(["not json", "{}", '{"graph":1}'])("says so when an event cannot be read: %s", (data) => {
    const stream = open();
    stream.follow("/a");
    line().say("snapshot", data);
    expect(events).toHaveLength(0);
    expect(word(stream)).toBe("stale");
    line().say("snapshot", SNAPSHOT);
    expect(word(stream)).toBe("live");
  });

  test("an old line has nothing more to say", () => {
    const stream = open();
    stream.follow("/a");
    const old = line();
    stream.follow("/b");
    old.say("snapshot", SNAPSHOT);
    old.breakDown(true);
    expect(events).toHaveLength(0);
    expect(word(stream)).toBe("connecting");
  });
});
