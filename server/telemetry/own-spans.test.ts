import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { parseOptions } from "../config/options.ts";
import { startWeft, type Weft } from "../weft.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-own-spans-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  return port;
}

async function listen(answer: RequestListener): Promise<{ url: string; close: () => Promise<unknown> }> {
  const server = createHttpServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => void server.close(resolve)),
  };
}

function start(options: object): Promise<Weft> {
  const ports = { port: 0, otlpGrpc: null, zipkin: null };
  return startWeft({ ...parseOptions({ ...ports, dataDir: folder, logLevel: "silent", ...options }), uiDir: join(folder, "ui") });
}

async function keptBy(weft: Weft): Promise<string | undefined> {
  return /^weft_span_store_spans (.*)$/m.exec(await (await fetch(`${weft.url}/metrics`)).text())?.[1];
}

describe("a console that sends its spans to its own intake", () => {
  it("keeps one per call of its API, and none of the sending and the keeping", async () => {
    const otlpHttp = await freePort();
    const weft = await start({ otlpHttp, telemetryOtlp: `http://127.0.0.1:${otlpHttp}` });
    for (const path of ["session", "graph", "session"]) await (await fetch(`${weft.url}/api/${path}`)).text();
    // A span of this first sending would go out with the last one.
    await vi.waitFor(async () => expect(await keptBy(weft)).toBe("3"), { timeout: 15_000, interval: 100 });
    await weft.stop();
    const later = await start({ otlpHttp: 0 });
    expect(await keptBy(later)).toBe("3");
    await later.stop();
  });
});

describe("a console that reads proxies", () => {
  it("sends a span of each question, with its own name and without the values asked for", async () => {
    const asked: string[] = [];
    const bodies: Buffer[] = [];
    const admin = await listen((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(503).end();
    });
    const receiver = await listen(async (request, response) => {
      bodies.push(await buffer(request));
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
    const proxiesDir = join(folder, "proxies");
    await mkdir(proxiesDir);
    await writeFile(join(proxiesDir, "a.json"), JSON.stringify({ id: "a", admin: admin.url }));
    const weft = await start({ otlpHttp: "off", proxiesDir, telemetryOtlp: receiver.url });
    await vi.waitFor(() => expect(asked).not.toEqual([]), { timeout: 15_000, interval: 20 });
    await weft.stop();
    const sent = Buffer.concat(bodies).toString("latin1");
    for (const text of ["service.name", "weft", "url.full", `${admin.url}${asked[0]?.split("?", 1)[0]}`, "error.type"])
      expect(sent).toContain(text);
    await Promise.all([admin.close(), receiver.close()]);
  });
});

describe("a console whose receiver is down", () => {
  it("answers and stops as ever", async () => {
    const weft = await start({ otlpHttp: 0, telemetryOtlp: `http://127.0.0.1:${await freePort()}` });
    expect((await fetch(`${weft.url}/api/session`)).status).toBe(200);
    await expect(weft.stop()).resolves.toBeUndefined();
  });
});
