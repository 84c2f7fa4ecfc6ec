import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import type { TrafficSample } from "#lib/ports/series-store.ts";
import { createFakeTime, type FakeTime } from "#lib/testing/fake-time.ts";

import { startIngest, type Ingest, type IngestOptions } from "./ingest.ts";
import { PROTOBUF, send } from "./testing/http-client.ts";

/** A busy machine takes its time to start a thread. */
const SOON = { timeout: 15_000 };
const FREE = { http: 0, grpc: 0, zipkin: 0 };
const open: { ingest: Ingest[]; servers: Server[] } = { ingest: [], servers: [] };

afterEach(async () => {
  for (const ingest of open.ingest.splice(0)) await ingest.stop();
  for (const server of open.servers.splice(0)) server.close();
});

async function start(options: Partial<IngestOptions> = {}, time: FakeTime = createFakeTime()): Promise<Ingest> {
  const workerUrl = new URL("./testing/faulty-worker.ts", import.meta.url);
  const ingest = await startIngest({ host: "127.0.0.1", ports: FREE, store: "memory", ...time, workerUrl, ...options });
  open.ingest.push(ingest);
  return ingest;
}

/** Status of the answer; `cut` = the connection ended without one, `closed` = nobody listens. */
async function traces(ingest: Ingest, body: string): Promise<number | "cut" | "closed"> {
  try {
    return (await send(`${ingest.addresses.http}/v1/traces`, { headers: PROTOBUF, body })).status;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED" ? "closed" : "cut";
  }
}

async function taken(): Promise<{ port: number }> {
  const server = createServer();
  open.servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port };
}

describe("the intake's thread", () => {
  it("opens its ports on loopback before it is called started", async () => {
    const ingest = await start();
    expect(ingest.addresses).toEqual({
      http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      grpc: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      zipkin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    expect(ingest.status()).toMatchObject({ id: "spans", kind: "otlp", state: "healthy", coverage: { n: 3, of: 3 } });
    expect(ingest.location()).toBe("/nowhere/spans");
    expect(await traces(ingest, "a")).toBe(200);
  });

  it("leaves ports closed that are turned off", async () => {
    const ingest = await start({ ports: { http: 0, grpc: null, zipkin: null } });
    expect(ingest.addresses).toMatchObject({ grpc: null, zipkin: null });
    expect(ingest.status()).toMatchObject({ coverage: { n: 1, of: 1 } });
  });

  it("tells every second what spans said, and its counts", async () => {
    const ingest = await start();
    const heard: TrafficSample[] = [];
    const unsubscribe = ingest.onTraffic((samples) => heard.push(...samples));
    await traces(ingest, "a\nb");
    await expect.poll(() => heard.map(({ key }) => key.source), SOON).toEqual(["a", "b"]);
    expect(ingest.stats().counts).toMatchObject({ requests: 1, received: 2, kept: 2 });
    expect(ingest.status().findings).toEqual([]);
    unsubscribe();
  });

  it.each([
    { kind: "http", flag: "--otlp-http", text: "OTLP over HTTP" },
    { kind: "grpc", flag: "--otlp-grpc", text: "OTLP over gRPC" },
    { kind: "zipkin", flag: "--zipkin", text: "Zipkin spans" },
  ])("does not start on a taken port for $kind, and says which and how to move it", async ({ kind, flag, text }) => {
    const { port } = await taken();
    await expect(start({ ports: { ...FREE, [kind]: port } })).rejects.toMatchObject({
      code: "CONFLICT",
      field: flag,
      message: `Port ${port} for ${text} is taken`,
      mend: `Stop what listens there, or choose another with ${flag}`,
    });
  });

  it("does not start on a store that cannot be opened, and says the store's own reason", async () => {
    await expect(start({ store: "broken" })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: "The store is of a later Weft",
      field: "--data-dir",
      mend: "Use that one",
    });
  });

  it("answers what it has, and closes, when it is stopped", async () => {
    const ingest = await start();
    await traces(ingest, "a");
    await ingest.stop();
    expect(await traces(ingest, "b")).toBe("closed");
    expect(ingest.stats().counts.kept, "the last second is told, too").toBe(1);
  });
});

describe("when the intake's thread dies", () => {
  it("says so, is started again on the same ports after a pause, and counts on", async () => {
    const time = createFakeTime();
    const ingest = await start({}, time);
    await traces(ingest, "a");
    await expect.poll(() => ingest.stats().counts.kept, SOON).toBe(1);
    expect(await traces(ingest, "exit")).toBe("cut");
    await expect.poll(() => ingest.status().state, SOON).toBe("down");
    expect(ingest.status()).toMatchObject({ lastError: "The thread that takes spans in ended (code 7)", coverage: { n: 0, of: 3 } });
    expect(await traces(ingest, "b")).toBe("closed");
    await time.advance(999);
    expect(ingest.status().state).toBe("down");
    await time.advance(1);
    await expect.poll(() => ingest.status().state, SOON).toBe("healthy");
    expect(await traces(ingest, "b")).toBe(200);
    await expect.poll(() => ingest.stats().counts.kept, SOON).toBe(2);
  });

  it("answers 503 to whoever waited on a store that broke", async () => {
    const ingest = await start();
    expect(await traces(ingest, "torn")).toBe(503);
    await expect.poll(() => ingest.status().state, SOON).toBe("down");
    expect(ingest.status().lastError).toBe("The thread that takes spans in ended (a page is torn)");
  });

  it("waits longer each time, also when somebody else has its port meanwhile", async () => {
    const time = createFakeTime();
    const ingest = await start({ ports: { http: 0, grpc: null, zipkin: null } }, time);
    const port = Number(new URL(ingest.addresses.http ?? "").port);
    await traces(ingest, "exit");
    await expect.poll(() => ingest.status().state, SOON).toBe("down");
    const squatter = createServer();
    open.servers.push(squatter);
    await new Promise<void>((resolve) => squatter.listen(port, "127.0.0.1", resolve));
    const pauses: number[] = [];
    for (let round = 0; round < 3; round++) {
      const fromMs = time.clock.nowMs();
      while (time.waiting > 0) await time.advance(500);
      pauses.push(time.clock.nowMs() - fromMs);
      await expect.poll(() => time.waiting, SOON).toBe(1);
      expect(ingest.status()).toMatchObject({ state: "down", lastError: `Port ${port} for OTLP over HTTP is taken` });
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    squatter.close();
    await time.advance(8_000);
    await expect.poll(() => ingest.status().state, SOON).toBe("healthy");
  });

  it("is not started again after it was stopped", async () => {
    const time = createFakeTime();
    const ingest = await start({}, time);
    await traces(ingest, "exit");
    await expect.poll(() => ingest.status().state, SOON).toBe("down");
    await ingest.stop();
    expect(time.waiting).toBe(0);
  });
});
