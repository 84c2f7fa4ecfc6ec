import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";

import type { HttpGet } from "#lib/ports/http-fetcher.ts";

import { createHttpFetcher, isConnectionRefused, MAX_ANSWER_BYTES } from "./http-fetcher.ts";
import { startPlainServer, type PlainServer } from "./testing/plain-server.ts";
import { systemClock, systemScheduler } from "./testing/system-time.ts";

const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
const open: PlainServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(answer: (response: ServerResponse) => void): Promise<PlainServer> {
  const server = await startPlainServer((_request, response) => answer(response));
  open.push(server);
  return server;
}

const get = (url: string, more: Partial<HttpGet> = {}): ReturnType<typeof http.get> =>
  http.get({ url, timeoutMs: 2_000, maxBytes: MAX_ANSWER_BYTES, ...more });

async function failure(url: string, more: Partial<HttpGet> = {}): Promise<{ code: string; message: string }> {
  const answer = await get(url, more);
  if (answer.ok) throw new Error(`answered ${answer.value.status}`);
  return { code: answer.error.code, message: answer.error.message };
}

describe("the HTTP fetcher", () => {
  it("answers status, media type, text and time", async () => {
    const server = await serve((response) => response.writeHead(418, { "content-type": "Text/Plain; charset=UTF-8" }).end("süß"));
    const answer = await get(`${server.address}/a?b=1`);
    expect(answer).toMatchObject({ ok: true, value: { status: 418, mediaType: "text/plain", text: "süß" } });
    if (answer.ok) expect(answer.value.elapsedMs).toBeGreaterThan(0);
    expect(server.requests).toEqual(["GET /a?b=1"]);
  });

  it("sends a form as a POST, and tells the headers of its answer", async () => {
    const bodies: string[] = [];
    const server = await startPlainServer((request, response) => {
      request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(`${request.headers["content-type"]} ${chunk}`));
      request.on("end", () => response.writeHead(200, { "X-One": "1", "Set-Cookie": ["a", "b"] }).end("ok"));
    });
    open.push(server);
    const answer = await get(`${server.address}/a?b=1`, { form: { query: 'up{a="b&c"}', empty: "" } });
    expect(answer).toMatchObject({ ok: true, value: { status: 200, text: "ok", headers: { "x-one": "1" } } });
    expect(answer.ok && answer.value.headers).not.toHaveProperty("set-cookie");
    expect(server.requests).toEqual(["POST /a?b=1"]);
    expect(bodies).toEqual(["application/x-www-form-urlencoded query=up%7Ba%3D%22b%26c%22%7D&empty="]);
  });

  it("takes the beginning of an answer that is too long, where asked to", async () => {
    const announced = await serve((response) => response.writeHead(200, { "content-length": "1000" }).end("x".repeat(1_000)));
    const unannounced = await serve((response) => {
      response.write("x".repeat(600));
      response.end("x".repeat(400));
    });
    for (const server of [announced, unannounced]) {
      const cut = await get(server.address, { maxBytes: 700, takesCut: true });
      expect(cut).toMatchObject({ ok: true, value: { isCut: true } });
      expect(cut.ok && cut.value.text.length).toBe(700);
      const whole = await get(server.address, { maxBytes: 1_000, takesCut: true });
      expect(whole.ok && [whole.value.text.length, whole.value.isCut]).toEqual([1_000, undefined]);
    }
  });

  it("does not follow a redirect", async () => {
    const target = await serve((response) => response.end("there"));
    const server = await serve((response) => response.writeHead(302, { location: target.address }).end());
    expect(await get(server.address)).toMatchObject({ ok: true, value: { status: 302, mediaType: null } });
    expect(target.requests).toEqual([]);
  });

  it("refuses 100 MB unread when the length is announced", async () => {
    let isClosed = false;
    const server = await serve((response) => {
      response.on("close", () => (isClosed = true));
      response.writeHead(200, { "content-length": String(100_000_000) }).write("x");
    });
    expect(await failure(`${server.address}/stats`)).toEqual({
      code: "SOURCE_MALFORMED",
      message: `${server.host} answered /stats with more than 32 MiB, which is not read.`,
    });
    await expect.poll(() => isClosed).toBe(true);
  });

  it("stops reading 100 MB that come without a length", async () => {
    let sent = 0;
    const server = await serve((response) => {
      const chunk = Buffer.alloc(1_000_000, "x");
      const push = (): void => {
        while (sent < 100_000_000 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", push);
        }
        response.end();
      };
      push();
    });
    expect(await failure(`${server.address}/stats`)).toEqual({
      code: "SOURCE_MALFORMED",
      message: `${server.host} answered /stats with more than 32 MiB, which is not read.`,
    });
    expect(sent).toBeLessThan(100_000_000);
  });

  it.each([
    ["with a length", { "content-length": "100" }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("tells an answer that broke off, sent %s", async (_case, headers) => {
    const server = await serve((response) => {
      response.writeHead(200, headers).write("0123456789", () => response.socket?.end());
    });
    expect(await failure(`${server.address}/clusters?format=json`)).toEqual({
      code: "SOURCE_MALFORMED",
      message: `${server.host} broke off its answer to /clusters after 10 bytes.`,
    });
  });

  it("gives up after the time, also in the middle of an answer", async () => {
    const silent = await serve(() => undefined);
    const stuck = await serve((response) => response.writeHead(200).write("begin"));
    const late = { code: "TIMEOUT", message: `${silent.host} did not answer /ready within 50 ms.` };
    expect(await failure(`${silent.address}/ready`, { timeoutMs: 50 })).toEqual(late);
    expect(await failure(`${stuck.address}/ready`, { timeoutMs: 50 })).toEqual({
      ...late,
      message: `${stuck.host} did not answer /ready within 50 ms.`,
    });
  });

  it("tells that nothing listens there", async () => {
    const server = await serve((response) => response.end());
    await open.pop()?.close();
    const answer = await get(server.address);
    expect(answer).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE", message: `${server.host} refused the connection.` } });
    if (!answer.ok) expect(isConnectionRefused(answer.error)).toBe(true);
  });

  it("tells a server that speaks something else, or closes without a word", async () => {
    const hosts = await Promise.all(["+PONG\r\n", ""].map((greeting) => startRaw(greeting)));
    const [other, mute] = hosts;
    expect(await failure(`http://${other?.host}/`)).toEqual({ code: "SOURCE_MALFORMED", message: `${other?.host} does not speak HTTP.` });
    expect(await failure(`http://${mute?.host}/`)).toMatchObject({ code: "SOURCE_UNREACHABLE" });
    await Promise.all(hosts.map((raw) => raw.close()));
  });

  it("obeys the caller's signal, before and during", async () => {
    const server = await serve(() => undefined);
    const message = `The question to ${server.host} was given up before it answered.`;
    expect(await failure(server.address, { signal: AbortSignal.abort() })).toEqual({ code: "SOURCE_UNREACHABLE", message });
    const controller = new AbortController();
    const asked = failure(server.address, { signal: controller.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    expect(await asked).toEqual({ code: "SOURCE_UNREACHABLE", message });
  });

  it("answers an error for what is no URL", async () => {
    expect(await failure("not a url")).toEqual({ code: "INVALID", message: '"not a url" is not a URL.' });
  });
});

async function startRaw(greeting: string): Promise<{ host: string; close(): Promise<void> }> {
  const server = createServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end(greeting)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
