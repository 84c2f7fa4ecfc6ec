import { connect as connectHttp2, constants } from "node:http2";
import { gzipSync } from "node:zlib";

import { Client, compressionAlgorithms, credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { openReceiver, type TestReceiver } from "./testing/open-receiver.ts";

const MIB = 1024 * 1024;
const TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

let open: TestReceiver;
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await open.stop();
});

interface Answer {
  code: number;
  details: string;
  body: unknown;
  trailer: unknown;
}

const same = (bytes: Buffer): Buffer => bytes;

function call(path: string, body: string | Buffer, options: { isGzip?: boolean; headers?: Record<string, string> } = {}): Promise<Answer> {
  const client = new Client(open.grpc, credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
    "grpc.default_compression_algorithm": options.isGzip === true ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
  });
  clients.push(client);
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(options.headers ?? {})) metadata.set(key, value);
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, same, same, Buffer.from(body), metadata, (error: ServiceError | null, answer?: Buffer) => {
      const [trailer] = error?.metadata.get("grpc-status-details-bin") ?? [];
      resolve({
        code: error?.code ?? status.OK,
        details: error?.details ?? "",
        body: answer === undefined ? null : JSON.parse(answer.toString()),
        trailer: trailer === undefined ? null : JSON.parse(trailer.toString()),
      });
    });
  });
}

const refused = (): Record<string, number> =>
  Object.fromEntries(Object.entries(open.receiver.stats().counts.refused).filter(([, count]) => count > 0));

describe("OTLP over gRPC takes", () => {
  it.each([
    { name: "traces", path: TRACES, body: "a\nb", isGzip: false, answer: { signal: "traces", rejected: 0, reason: "" } },
    { name: "traces in gzip", path: TRACES, body: "a\nb", isGzip: true, answer: { signal: "traces", rejected: 0, reason: "" } },
    { name: "metrics", path: METRICS, body: "m", isGzip: false, answer: { signal: "metrics", rejected: 0, reason: "" } },
    { name: "logs", path: LOGS, body: "l", isGzip: true, answer: { signal: "logs", rejected: 0, reason: "" } },
    { name: "nothing", path: TRACES, body: "", isGzip: false, answer: { signal: "traces", rejected: 0, reason: "" } },
    {
      name: "the good spans among bad ones",
      path: TRACES,
      body: "a\nbad id",
      isGzip: false,
      answer: { signal: "traces", rejected: 1, reason: "bad id is no span." },
    },
  ])("$name", async ({ path, body, isGzip, answer }) => {
    open = await openReceiver();
    expect(await call(path, body, { isGzip })).toEqual({ code: status.OK, details: "", body: answer, trailer: null });
    expect(refused()).toEqual({});
  });

  it("a message of almost 16 MiB", async () => {
    open = await openReceiver();
    expect(await call(TRACES, Buffer.alloc(16 * MIB - 1, "x"))).toMatchObject({ code: status.OK });
    expect(open.receiver.stats().counts.bytes).toBe(16 * MIB - 1);
  });
});

describe("OTLP over gRPC refuses", () => {
  it.each([
    {
      name: "bad data",
      path: TRACES,
      body: "malformed",
      headers: {},
      code: status.INVALID_ARGUMENT,
      details: /not a list of lines/,
      cause: "malformed",
    },
    {
      name: "what breaks the decoder",
      path: LOGS,
      body: "throw",
      headers: {},
      code: status.INVALID_ARGUMENT,
      details: /^The body cannot be read$/,
      cause: "malformed",
    },
    {
      name: "a web page",
      path: TRACES,
      body: "a",
      headers: { origin: "http://evil.test" },
      code: status.PERMISSION_DENIED,
      details: /web pages/,
      cause: "browser",
    },
  ])("$name", async ({ path, body, headers, code, details, cause }) => {
    open = await openReceiver();
    const answer = await call(path, body, { headers });
    expect([answer.code, answer.trailer]).toEqual([code, null]);
    expect(answer.details).toMatch(details);
    expect(refused()).toEqual({ [cause]: 1 });
    expect(open.store.writes).toEqual([]);
    expect(await call(TRACES, "next")).toMatchObject({ code: status.OK });
  });

  it.each([
    { name: "a message over 16 MiB", body: () => Buffer.alloc(17 * MIB), isGzip: false },
    { name: "a message that grows beyond 16 MiB", body: () => Buffer.alloc(32 * MIB), isGzip: true },
  ])("$name, for good", async ({ body, isGzip }) => {
    open = await openReceiver();
    const answer = await call(TRACES, body(), { isGzip });
    expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED, trailer: null });
    await expect.poll(refused).toEqual({ unfinished: 1 });
    expect(await call(TRACES, "next")).toMatchObject({ code: status.OK });
  });

  it("other methods", async () => {
    open = await openReceiver();
    expect(await call("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", "p")).toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });

  it("cut gzip, with a status that no sender tries again", async () => {
    open = await openReceiver();
    const answer = await raw(gzipSync("a".repeat(100)).subarray(0, 15));
    expect(answer).toBe(String(status.INTERNAL));
    await expect.poll(refused).toEqual({ unfinished: 1 });
  });

  it("a message that does not arrive in time", async () => {
    open = await openReceiver({ bodyMs: 50 });
    expect(await raw(Buffer.from("half"), 100)).toBe(String(status.DEADLINE_EXCEEDED));
    expect(refused()).toEqual({ slow: 1 });
  });
});

describe("under load OTLP over gRPC", () => {
  it("answers UNAVAILABLE with RetryInfo when the queue is full, and takes again when it is written", async () => {
    const time = createFakeTime();
    open = await openReceiver({ queueBytes: 3 }, time);
    const first = call(TRACES, "abc");
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(3);
    const answer = await call(TRACES, "d");
    expect(answer).toMatchObject({ code: status.UNAVAILABLE, trailer: { code: 14, retryAfterS: 1 } });
    await time.advance(5);
    expect(await first).toMatchObject({ code: status.OK });
    expect(open.store.names()).toEqual(["abc"]);
  });

  it("answers UNAVAILABLE with RetryInfo while the disk is full, and recovers", async () => {
    open = await openReceiver();
    open.store.refusal = "The disk is full";
    expect(await call(TRACES, "a")).toMatchObject({ code: status.UNAVAILABLE, trailer: { code: 14, retryAfterS: 10 } });
    open.store.refusal = null;
    expect(await call(TRACES, "a")).toMatchObject({ code: status.OK });
    expect(open.store.names()).toEqual(["a"]);
  });

  it("answers after the write", async () => {
    const time = createFakeTime();
    open = await openReceiver({}, time);
    let isAnswered = false;
    const answer = call(TRACES, "a").then(() => (isAnswered = true));
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(1);
    expect([isAnswered, open.store.writes.length]).toEqual([false, 0]);
    await time.advance(5);
    await answer;
    expect(open.store.writes).toHaveLength(1);
  });

  it("reads a few messages at once, and the others in their turn", async () => {
    open = await openReceiver({ grpcReads: 2 });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => call(TRACES, `span ${index}`)));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([status.OK]));
    expect(open.receiver.stats().counts.kept).toBe(30);
  });

  it("turns calls away with UNAVAILABLE when the line is too long", async () => {
    open = await openReceiver({ grpcReads: 1, grpcWaiting: 0, bodyMs: 60_000 });
    const session = connectHttp2(`http://${open.grpc}`);
    const stuck = session.request({ ":method": "POST", ":path": TRACES, "content-type": "application/grpc", te: "trailers" });
    stuck.on("error", () => undefined);
    stuck.write(Buffer.from([0, 0, 0, 0, 9, 1]));
    await expect.poll(async () => (await call(TRACES, "a")).code).toBe(status.UNAVAILABLE);
    stuck.close(constants.NGHTTP2_CANCEL);
    await expect.poll(async () => (await call(TRACES, "a")).code).toBe(status.OK);
    session.destroy();
  });
});

/** Sends a gzip message of which `bytes` may be announced and not sent; answers the status of gRPC. */
function raw(message: Buffer, missing = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://${open.grpc}`);
    const stream = session.request({
      ":method": "POST",
      ":path": TRACES,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-encoding": "gzip",
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt8(1, 0);
    prefix.writeUInt32BE(message.length + missing, 1);
    let found: string | undefined;
    const look = (headers: Record<string, unknown>): void => {
      const code = headers["grpc-status"];
      if (typeof code === "string") found = code;
    };
    stream.on("response", look);
    stream.on("trailers", look);
    stream.on("error", reject);
    stream.on("data", () => undefined);
    stream.on("end", () => {
      session.destroy();
      resolve(found ?? "none");
    });
    stream.write(Buffer.concat([prefix, message]));
    if (missing === 0) stream.end();
  });
}
