import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { JSON_TYPE, PROTOBUF, send, type Sent } from "./testing/http-client.ts";
import { openReceiver, type TestReceiver } from "./testing/open-receiver.ts";

const MIB = 1024 * 1024;

let open: TestReceiver;
afterEach(() => open.stop());

const refused = (): Record<string, number> =>
  Object.fromEntries(Object.entries(open.receiver.stats().counts.refused).filter(([, count]) => count > 0));

const traces = (body: string): Promise<{ status: number; retry: string | undefined }> =>
  send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body }).then(({ status, headers }) => ({ status, retry: headers["retry-after"] }));

/** A body of which only `bytes` of 100 are sent, and all that is answered until the connection is closed. */
async function sendPart(bytes: number): Promise<{ answer: string }> {
  const socket = connect(Number(new URL(open.otlp).port), "127.0.0.1");
  socket.write(`POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n${"x".repeat(bytes)}`);
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  await once(socket, "close");
  return { answer };
}

describe("OTLP over HTTP takes", () => {
  const cases: { name: string; path: string; sent: Sent; answer: object }[] = [
    {
      name: "traces as protobuf",
      path: "/v1/traces",
      sent: { headers: PROTOBUF, body: "a\nb" },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "traces as JSON",
      path: "/v1/traces",
      sent: { headers: JSON_TYPE, body: "a\nb" },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "metrics",
      path: "/v1/metrics",
      sent: { headers: PROTOBUF, body: "m" },
      answer: { signal: "metrics", rejected: 0, reason: "" },
    },
    { name: "logs", path: "/v1/logs", sent: { headers: JSON_TYPE, body: "l" }, answer: { signal: "logs", rejected: 0, reason: "" } },
    {
      name: "a content type with parameters, in capitals",
      path: "/v1/traces",
      sent: { headers: { "content-type": "Application/JSON; charset=UTF-8" }, body: "a" },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "a body without a length, in chunks",
      path: "/v1/traces",
      sent: { headers: PROTOBUF, body: [Buffer.from("a\n"), Buffer.from("b\n"), Buffer.from("c")] },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "gzip",
      path: "/v1/traces",
      sent: { headers: { ...PROTOBUF, "content-encoding": "gzip" }, body: gzipSync("a\nb") },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "gzip in chunks without a length",
      path: "/v1/traces",
      sent: { headers: { ...PROTOBUF, "content-encoding": "gzip" }, body: [...gzipSync("a\nb")].map((byte) => Buffer.from([byte])) },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    { name: "nothing", path: "/v1/traces", sent: { headers: PROTOBUF }, answer: { signal: "traces", rejected: 0, reason: "" } },
    { name: "nothing as JSON", path: "/v1/traces", sent: { headers: JSON_TYPE }, answer: { signal: "traces", rejected: 0, reason: "" } },
    {
      name: "nothing, said to be gzip",
      path: "/v1/traces",
      sent: { headers: { ...PROTOBUF, "content-encoding": "gzip" } },
      answer: { signal: "traces", rejected: 0, reason: "" },
    },
    {
      name: "the good spans of a request with bad ones, and says how many it rejected and why",
      path: "/v1/traces",
      sent: { headers: PROTOBUF, body: "a\nbad id\nbad id\nbad time" },
      answer: { signal: "traces", rejected: 3, reason: "bad id is no span. bad time is no span." },
    },
    {
      name: "a request with bad spans alone, as a partial success without any success",
      path: "/v1/traces",
      sent: { headers: JSON_TYPE, body: "bad id" },
      answer: { signal: "traces", rejected: 1, reason: "bad id is no span." },
    },
  ];

  it.each(cases)("$name", async ({ path, sent, answer }) => {
    open = await openReceiver();
    const received = await send(open.otlp + path, sent);
    expect({ status: received.status, answer: received.json() }).toEqual({ status: 200, answer });
    const asked = String(sent.headers?.["content-type"]).toLowerCase().split(";")[0];
    expect(received.headers["content-type"]).toBe(asked);
    expect(refused()).toEqual({});
  });

  it("says how it is", async () => {
    open = await openReceiver();
    expect(await send(`${open.otlp}/healthz`, { method: "GET" })).toMatchObject({ status: 200, text: "ok\n" });
    expect(await send(`${open.zipkin}/healthz`, { method: "GET" })).toMatchObject({ status: 200, text: "ok\n" });
  });

  it("counts what it took", async () => {
    open = await openReceiver();
    await send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body: "a\nb\nbad" });
    await send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body: "b\nc" });
    await send(`${open.otlp}/v1/metrics`, { headers: PROTOBUF, body: "m\nn" });
    await send(`${open.otlp}/v1/logs`, { headers: PROTOBUF, body: "l" });
    const { counts, reasons } = open.receiver.stats();
    expect(counts).toMatchObject({
      requests: 4,
      received: 5,
      kept: 3,
      duplicate: 1,
      rejected: 1,
      metricPoints: 2,
      logRecords: 1,
      commits: 2,
    });
    expect(counts.bytes).toBe("a\nb\nbad".length + "b\nc".length + "m\nn".length + 1);
    expect(reasons).toEqual(["bad is no span."]);
    expect(
      open.rolled.map(({ name }) => name),
      "a duplicate is not counted on the map again",
    ).toEqual(["a", "b", "c"]);
  });
});

describe("OTLP over HTTP refuses", () => {
  const bomb = Buffer.concat(Array.from({ length: 200 }, () => gzipSync(Buffer.alloc(MIB))));
  const gzip = { ...PROTOBUF, "content-encoding": "gzip" };
  const cases: { name: string; path?: string; sent: Sent; status: number; code: number; text: RegExp; cause: string }[] = [
    {
      name: "bad data",
      sent: { headers: PROTOBUF, body: "malformed" },
      status: 400,
      code: 3,
      text: /^The body is not a list of lines\.$/,
      cause: "malformed",
    },
    {
      name: "bad data in JSON",
      sent: { headers: JSON_TYPE, body: "malformed" },
      status: 400,
      code: 3,
      text: /^The body is not a list/,
      cause: "malformed",
    },
    {
      name: "bad metrics",
      path: "/v1/metrics",
      sent: { headers: PROTOBUF, body: "malformed" },
      status: 400,
      code: 3,
      text: /not a list/,
      cause: "malformed",
    },
    {
      name: "what breaks the decoder, without saying what it held",
      sent: { headers: PROTOBUF, body: "throw" },
      status: 400,
      code: 3,
      text: /^The body cannot be read$/,
      cause: "malformed",
    },
    {
      name: "cut gzip",
      sent: { headers: gzip, body: gzipSync("a\n".repeat(1000)).subarray(0, 20) },
      status: 400,
      code: 3,
      text: /not whole, valid gzip/,
      cause: "malformed",
    },
    {
      name: "what is no gzip",
      sent: { headers: gzip, body: "a" },
      status: 400,
      code: 3,
      text: /not whole, valid gzip/,
      cause: "malformed",
    },
    {
      name: "another path",
      path: "/v1/profiles",
      sent: { headers: PROTOBUF },
      status: 404,
      code: 5,
      text: /\/v1\/traces, \/v1\/metrics, \/v1\/logs/,
      cause: "path",
    },
    { name: "the root", path: "/", sent: { headers: JSON_TYPE }, status: 404, code: 5, text: /\/v1\/traces/, cause: "path" },
    { name: "GET", sent: { method: "GET" }, status: 405, code: 12, text: /with POST/, cause: "method" },
    { name: "PUT", sent: { method: "PUT", headers: PROTOBUF }, status: 405, code: 12, text: /with POST/, cause: "method" },
    {
      name: "a page's preflight",
      sent: { method: "OPTIONS", headers: { origin: "http://evil.test" } },
      status: 403,
      code: 7,
      text: /web pages/,
      cause: "browser",
    },
    {
      name: "another type",
      sent: { headers: { "content-type": "text/plain" }, body: "a" },
      status: 415,
      code: 3,
      text: /"text\/plain".*application\/x-protobuf or application\/json/,
      cause: "type",
    },
    { name: "no type", sent: { body: "a" }, status: 415, code: 3, text: /^No content type/, cause: "type" },
    {
      name: "another encoding",
      sent: { headers: { ...PROTOBUF, "content-encoding": "zstd" }, body: "a" },
      status: 415,
      code: 3,
      text: /"zstd" is not taken; send gzip, or none/,
      cause: "type",
    },
    {
      name: "two encodings",
      sent: { headers: { ...PROTOBUF, "content-encoding": "gzip, gzip" }, body: "a" },
      status: 415,
      code: 3,
      text: /send gzip/,
      cause: "type",
    },
    {
      name: "an announced length over the limit",
      sent: { headers: PROTOBUF, body: Buffer.alloc(17 * MIB) },
      status: 413,
      code: 8,
      text: /larger than 16 MiB/,
      cause: "large",
    },
    {
      name: "chunks over the limit",
      sent: { headers: PROTOBUF, body: Array.from({ length: 17 }, () => Buffer.alloc(MIB)) },
      status: 413,
      code: 8,
      text: /larger than 16 MiB/,
      cause: "large",
    },
    { name: "a bomb of 200 MiB", sent: { headers: gzip, body: bomb }, status: 413, code: 8, text: /more than 100 times/, cause: "ratio" },
    {
      name: "what is too large only when decompressed",
      sent: { headers: gzip, body: mildBomb() },
      status: 413,
      code: 8,
      text: /larger than 16 MiB/,
      cause: "large",
    },
    {
      name: "what a page sends",
      sent: { headers: { ...JSON_TYPE, origin: "http://evil.test" }, body: "a" },
      status: 403,
      code: 7,
      text: /web pages/,
      cause: "browser",
    },
    {
      name: "what Weft's own page would send",
      sent: { headers: { ...JSON_TYPE, origin: "http://127.0.0.1:4600" }, body: "a" },
      status: 403,
      code: 7,
      text: /web pages/,
      cause: "browser",
    },
    {
      name: "a page without an origin",
      sent: { headers: { ...JSON_TYPE, "sec-fetch-site": "cross-site" }, body: "a" },
      status: 403,
      code: 7,
      text: /web pages/,
      cause: "browser",
    },
  ];

  it.each(cases)("$name", async ({ path = "/v1/traces", sent, status, code, text, cause }) => {
    open = await openReceiver();
    const received = await send(open.otlp + path, sent);
    expect(received.status).toBe(status);
    const body = received.json() as { code: number; message: string; format: string };
    expect(body.code).toBe(code);
    expect(body.message).toMatch(text);
    const isProtobuf = sent.headers?.["content-type"] === "application/x-protobuf";
    expect([received.headers["content-type"], body.format]).toEqual(
      isProtobuf ? ["application/x-protobuf", "protobuf"] : ["application/json", "json"],
    );
    expect(received.headers.allow).toBe(status === 405 ? "POST" : undefined);
    expect(received.headers["access-control-allow-origin"]).toBeUndefined();
    expect(received.headers["retry-after"]).toBeUndefined();
    expect(refused()).toEqual({ [cause]: 1 });
    expect(open.store.writes).toEqual([]);
    expect(open.receiver.stats().readingBytes, "all memory is given back").toBe(0);
    const next = await send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body: "next" });
    expect([next.status, open.store.names()], "the next request is taken").toEqual([200, ["next"]]);
  });

  it("a program that a browser started by hand is none of them", async () => {
    open = await openReceiver();
    const headers = { ...JSON_TYPE, "sec-fetch-site": "none" };
    expect(await send(`${open.otlp}/v1/traces`, { headers, body: "a" })).toMatchObject({ status: 200 });
  });

  it("headers above 16 KiB", async () => {
    open = await openReceiver();
    const received = await send(`${open.otlp}/v1/traces`, { headers: { ...PROTOBUF, long: "x".repeat(17 * 1024) } });
    expect(received.status).toBe(431);
    expect(refused()).toEqual({ large: 1 });
  });

  it("a body that does not arrive in time", async () => {
    open = await openReceiver({ bodyMs: 50 });
    const { answer } = await sendPart(50);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/Connection: close/i);
    expect(refused()).toEqual({ slow: 1 });
    expect(open.receiver.stats().readingBytes).toBe(0);
  });

  it("nobody, when the sender leaves in the middle, and gives its memory back", async () => {
    open = await openReceiver();
    const socket = connect(Number(new URL(open.otlp).port), "127.0.0.1");
    socket.write("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf");
    await expect.poll(() => open.receiver.stats().readingBytes).toBe(4);
    socket.destroy();
    await expect.poll(() => open.receiver.stats().readingBytes).toBe(0);
    expect(refused()).toEqual({ unfinished: 1 });
  });

  it("what is no HTTP", async () => {
    open = await openReceiver();
    const socket = connect(Number(new URL(open.otlp).port), "127.0.0.1");
    socket.end("\u0000\u0001 hello\r\n\r\n");
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 400 /);
    expect(refused()).toEqual({ malformed: 1 });
  });
});

describe("under load OTLP over HTTP", () => {
  it("answers 503 with Retry-After when the queue is full, and takes again when it is written", async () => {
    const time = createFakeTime();
    open = await openReceiver({ queueBytes: 3 }, time);
    const first = traces("abc");
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(3);
    expect(await traces("d")).toEqual({ status: 503, retry: "1" });
    expect(refused()).toEqual({ busy: 1 });
    await time.advance(5);
    expect(await first).toEqual({ status: 200, retry: undefined });
    const second = traces("d");
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(1);
    await time.advance(5);
    expect(await second).toEqual({ status: 200, retry: undefined });
    expect(open.store.names()).toEqual(["abc", "d"]);
  });

  it("answers 503 when too many bodies are being read, and never holds more bytes than its bound", async () => {
    open = await openReceiver({ readingBytes: 150 });
    const port = Number(new URL(open.otlp).port);
    const head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 101\r\n\r\n";
    const slow = connect(port, "127.0.0.1");
    slow.write(head + "x".repeat(100));
    await expect.poll(() => open.receiver.stats().readingBytes).toBe(100);
    expect(await traces("y".repeat(51))).toEqual({ status: 503, retry: "1" });
    expect(open.receiver.stats().readingBytes).toBe(100);
    expect(await traces("y".repeat(50)), "there is room for so much").toEqual({ status: 200, retry: undefined });
    slow.write("x");
    const [answer] = (await once(slow, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    slow.destroy();
  });

  it("answers 503 with Retry-After while the disk is full, keeps nothing, and recovers by itself", async () => {
    open = await openReceiver();
    open.store.refusal = "The disk is full";
    const received = await send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body: "a" });
    expect([received.status, received.headers["retry-after"]]).toEqual([503, "10"]);
    expect(received.json()).toMatchObject({ code: 14, retryAfterS: 10, message: "The disk is full. Send this again later" });
    expect(open.receiver.stats()).toMatchObject({ storeError: "The disk is full", counts: { received: 0, kept: 0, failedCommits: 1 } });
    open.store.refusal = null;
    expect(await traces("a")).toEqual({ status: 200, retry: undefined });
    expect(open.receiver.stats()).toMatchObject({ storeError: null, counts: { received: 1, kept: 1 } });
    expect(open.store.names()).toEqual(["a"]);
  });

  it("answers after the write, and many requests after one", async () => {
    const time = createFakeTime();
    open = await openReceiver({}, time);
    let answered = 0;
    const sent = Array.from({ length: 20 }, (_, index) => traces(`r${index}`).then((answer) => (answered++, answer)));
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(50);
    expect([answered, open.store.writes.length]).toEqual([0, 0]);
    await time.advance(5);
    expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(open.store.writes).toHaveLength(1);
    expect(open.store.names().toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `r${index}`).toSorted());
  });

  it("answers one connection's requests in their order through a flood", async () => {
    open = await openReceiver({ groupBytes: 8 });
    const socket = connect(Number(new URL(open.otlp).port), "127.0.0.1");
    const bodies = Array.from({ length: 50 }, (_, index) => (index % 7 === 3 ? `bad ${index}` : `span ${index}`));
    const flood = Promise.all(Array.from({ length: 40 }, (_, index) => traces(`flood ${index}`)));
    for (const body of bodies) {
      socket.write(
        `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await expect.poll(() => text.split("HTTP/1.1 200").length - 1).toBe(50);
    const answers = [...text.matchAll(/\{[^}]*\}/g)].map(([json]) => (JSON.parse(json) as { reason: string }).reason);
    expect(answers).toEqual(bodies.map((body) => (body.startsWith("bad") ? `${body} is no span.` : "")));
    expect(new Set((await flood).map(({ status }) => status))).toEqual(new Set([200]));
    socket.destroy();
  });

  it("counts services above the bound together, and keeps their spans whole", async () => {
    open = await openReceiver({ services: 2 });
    await send(`${open.otlp}/v1/traces`, { headers: PROTOBUF, body: "one/a\ntwo/b\nthree/c\none/d\nfour/e" });
    expect(open.rolled.map(({ resource, name }) => `${resource.service} ${name}`)).toEqual([
      "one one/a",
      "two two/b",
      "__overflow__ three/c",
      "one one/d",
      "__overflow__ four/e",
    ]);
    expect(open.store.writes.flat().map(({ resource }) => resource.service)).toEqual(["one", "two", "three", "one", "four"]);
    expect(open.receiver.stats()).toMatchObject({ services: 2, overflowSpans: 2 });
  });

  it("writes and answers what waits when it is stopped, and closes the store", async () => {
    const time = createFakeTime();
    open = await openReceiver({}, time);
    const waiting = traces("last");
    await expect.poll(() => open.receiver.stats().queueBytes).toBe(4);
    await open.stop();
    expect(await waiting).toEqual({ status: 200, retry: undefined });
    expect([open.store.names(), open.store.isClosed]).toEqual([["last"], true]);
  });
});

/** About 20 MiB that shrink by less than 100 times. */
function mildBomb(): Buffer {
  const line = Buffer.alloc(4 * 1024);
  for (let index = 0; index < 64; index++) line[index] = (index * 37 + 11) % 251;
  return Buffer.concat(Array.from({ length: 20 * 256 }, () => gzipSync(line)));
}
