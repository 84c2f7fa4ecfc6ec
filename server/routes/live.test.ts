import { connect, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveEvents } from "#lib/contract/live.ts";
import { sampleAt, START_MS } from "#lib/testing/builders.ts";
import { recordOf } from "#lib/testing/change-builders.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";

const TICK_MS = 2_000;
/** A busy machine may take its time; a condition that holds is seen at once. */
const PATIENCE = { timeout: 10_000, interval: 5 };

let weft: TestConsole;
let port: number;
const streams: Stream[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  weft = await openConsole();
  await weft.app.listen({ host: "127.0.0.1", port: 0 });
  port = (weft.app.server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.socket.destroy();
  vi.useRealTimers();
  await weft.close();
});

/** One reader's connection: what came in so far, as it stands on the wire. */
interface Stream {
  socket: Socket;
  head(): string;
  events(): { event: string; data: unknown }[];
}

function open(path = "/api/live", method = "GET"): Stream {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  const stream: Stream = {
    socket,
    head: () => text.slice(0, text.indexOf("\r\n\r\n")),
    events: () =>
      [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = "", data = ""]) => ({ event, data: JSON.parse(data) })),
  };
  streams.push(stream);
  return stream;
}

async function until(stream: Stream, count: number): Promise<string[]> {
  await vi.waitFor(() => expect(stream.events().length).toBeGreaterThanOrEqual(count), PATIENCE);
  return stream.events().map(({ event }) => event);
}

async function readers(): Promise<string> {
  return /^weft_live_readers (\d+)$/m.exec((await weft.get("/metrics")).body)?.[1] ?? "";
}

function connections(): Promise<number> {
  return new Promise((resolve, reject) =>
    weft.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

async function tick(): Promise<void> {
  await weft.mesh.time.advance(TICK_MS);
  vi.advanceTimersByTime(TICK_MS);
}

describe("the live stream", () => {
  it("is a snapshot, then what changed, over a real connection", async () => {
    const stream = open("/api/live?window=60s");
    expect(await until(stream, 1)).toEqual(["snapshot"]);
    expect(LiveEvents.snapshot.parse(stream.events()[0]?.data)).toEqual(stream.events()[0]?.data);
    weft.mesh.metrics.record(
      sampleAt((weft.mesh.time.clock.nowMs() - START_MS) / 1_000, { source: "bank/a", target: "bank/b" }, { count: 1 }),
    );
    await tick();
    expect(await until(stream, 3)).toEqual(["snapshot", "delta", "source"]);
    expect(LiveEvents.delta.parse(stream.events()[1]?.data).value.edges.map(({ id }) => id)).toEqual(["bank/a|bank/b|http"]);
    weft.runtime.context.log.show(recordOf({ state: "live" }));
    await until(stream, 4);
    expect(LiveEvents.change.parse(stream.events()[3]?.data)).toMatchObject({ id: "1", state: "live" });
  });

  it("says what it is, when to come back, and carries every security header", async () => {
    const stream = open();
    await until(stream, 1);
    const head = stream.head().toLowerCase();
    expect(head).toMatch(/^http\/1\.1 200 ok\r\n/);
    for (const header of [
      "content-type: text/event-stream; charset=utf-8",
      "cache-control: no-store",
      "x-content-type-options: nosniff",
      "x-frame-options: deny",
      "cross-origin-resource-policy: same-origin",
      "referrer-policy: no-referrer",
      "content-security-policy: default-src 'none'",
    ]) {
      expect(head).toContain(header);
    }
    expect(stream.socket.readableEnded).toBe(false);
  });

  it("spreads the moment to come back, from one to three seconds", async () => {
    const hints: number[] = [];
    for (let reader = 0; reader < 5; reader++) {
      const stream = open("/api/live?topics=sources");
      let text = "";
      stream.socket.on("data", (chunk: string) => (text += chunk));
      await until(stream, 1);
      hints.push(Number(/^retry: (\d+)$/m.exec(text)?.[1]));
    }
    for (const hint of hints) {
      expect(hint).toBeGreaterThanOrEqual(1_000);
      expect(hint).toBeLessThanOrEqual(3_000);
    }
    expect(new Set(hints).size).toBeGreaterThan(1);
  });

  it("works a view out once for two readers, and hands both the same", async () => {
    const [one, two] = [open("/api/live?topics=graph"), open("/api/live?topics=graph")];
    await Promise.all([until(one, 1), until(two, 1)]);
    const { traffic } = weft.mesh.metrics.asked;
    await tick();
    await Promise.all([until(one, 2), until(two, 2)]);
    expect(weft.mesh.metrics.asked.traffic).toBe(traffic + 1);
    expect(one.events()).toEqual(two.events());
  });

  it("forgets a reader that goes", async () => {
    const stream = open();
    await until(stream, 1);
    expect(await readers()).toBe("1");
    stream.socket.destroy();
    await vi.waitFor(async () => expect(await readers()).toBe("0"), PATIENCE);
  });

  it("lets a reader go that does not read, and keeps nothing for it", async () => {
    const [slow, quick] = [open("/api/live?topics=changes"), open("/api/live?topics=changes")];
    await Promise.all([until(slow, 1), until(quick, 1)]);
    slow.socket.pause();
    let [heard, heardBytes] = ["", 0];
    quick.socket.removeAllListeners("data").on("data", (chunk: string) => {
      heard = (heard + chunk).slice(-2_000);
      heardBytes += chunk.length;
    });
    expect(await connections()).toBe(2);
    const large = recordOf({ explanation: "x".repeat(512 * 1024) });
    for (let sent = 1; (await readers()) === "2" && sent <= 100; sent++) {
      weft.runtime.context.log.show(large);
      await vi.waitFor(() => expect(heardBytes).toBeGreaterThan(sent * 512 * 1024), PATIENCE);
    }
    expect(await readers()).toBe("1");
    // It still does not read, and is gone all the same, with what waited for it.
    await vi.waitFor(async () => expect(await connections()).toBe(1), PATIENCE);
    weft.runtime.context.log.show(recordOf({ id: "2" }));
    await vi.waitFor(() => expect(heard).toContain('"id":"2"'), PATIENCE);
  });

  it("ends when the console ends", async () => {
    const stream = open();
    await until(stream, 1);
    const closed = new Promise((resolve) => void stream.socket.once("close", resolve));
    await weft.app.close();
    await closed;
  });

  it("is not held open for a question about its head only", async () => {
    const stream = open("/api/live", "HEAD");
    await vi.waitFor(() => expect(stream.head()).toMatch(/^HTTP\/1\.1 \d{3}/), PATIENCE);
    expect(await readers()).toBe("0");
  });

  it("refuses what it does not know, and hosts that are not this machine", async () => {
    expect((await weft.get("/api/live?window=soon")).statusCode).toBe(400);
    expect((await weft.get("/api/live", { host: "evil.example" })).statusCode).toBe(403);
    expect(await readers()).toBe("0");
  });
});
