import {
  createServer as createHttp,
  request as sendHttp,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";

/** What goes wrong between Weft and the real server. */
export type Fault =
  | { kind: "none" }
  /** Answers nothing until it is closed. */
  | { kind: "hang" }
  | { kind: "status"; status: number; body: string; mediaType?: string }
  /** A 200 that announces everything and breaks off in the middle. */
  | { kind: "cut" }
  /** A 200 whose end is missing, and whose length says that nothing is. */
  | { kind: "shortened" }
  /** The real answer, changed. */
  | { kind: "rewrite"; rewrite: (text: string) => string }
  /** As many series, made up while they are sent. */
  | { kind: "flood"; series: number }
  | { kind: "no-post" };

interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  headers: IncomingMessage["headers"];
}

export interface FaultProxy {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Questions that hang and were not given up yet. */
  readonly hanging: number;
  /** Questions whose asker went away before they were answered. */
  readonly givenUp: number;
  /** From now on, for the paths that `only` names; left out = for all. */
  set(fault: Fault, only?: (path: string) => boolean): void;
  /** The server's clock is ahead of what it really is by so much: in its answers, and in what it takes questions to mean. */
  shiftClock(ms: number): void;
  /** Stops listening: connections are refused. */
  refuse(): Promise<void>;
  /** Listens again at the same port. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

function everyPath(_path: string): boolean {
  return true;
}

interface ProxyOptions {
  /** Base URL of the real server. */
  target: string;
  /** The time that answers are to bear. */
  nowMs: () => number;
  tls?: { key: string; cert: string; ca?: string; requestCert?: boolean };
}

/** A proxy before a real server that does what a test tells it to. */
export async function startFaultProxy({ target, nowMs, tls }: ProxyOptions): Promise<FaultProxy> {
  let fault: Fault = { kind: "none" };
  let isFor = everyPath;
  let shiftMs = 0;
  let port = 0;
  let givenUp = 0;
  const asked: Asked[] = [];
  const hanging = new Set<ServerResponse>();

  const listener: RequestListener = (request, response) => {
    void readBody(request)
      .then(async (body) => {
        const url = new URL(request.url ?? "/", target);
        asked.push({
          method: request.method ?? "",
          path: url.pathname,
          query: url.searchParams,
          form: new URLSearchParams(body),
          headers: request.headers,
        });
        response.once("close", () => {
          hanging.delete(response);
          if (!response.writableFinished) givenUp++;
        });
        response.setHeader("date", new Date(nowMs() + shiftMs).toUTCString());
        const active: Fault = isFor(url.pathname) ? fault : { kind: "none" };
        if (active.kind === "hang") return void hanging.add(response);
        if (active.kind === "status")
          return void response.writeHead(active.status, { "content-type": active.mediaType ?? "application/json" }).end(active.body);
        if (active.kind === "no-post" && request.method === "POST") return void response.writeHead(405).end();
        if (active.kind === "flood") return flood(response, active.series);
        const answer = await forward(request, shifted(url, body, -shiftMs));
        return reply(response, answer, active);
      })
      .catch((cause: unknown) => response.destroy(cause instanceof Error ? cause : undefined));
  };
  const create = (): ReturnType<typeof createHttp> =>
    tls === undefined ? createHttp(listener) : createHttps({ ...tls, rejectUnauthorized: tls.requestCert === true }, listener);
  let server = create();
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  return {
    get url() {
      return `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
    },
    asked,
    get hanging() {
      return hanging.size;
    },
    get givenUp() {
      return givenUp;
    },
    set(next, only = everyPath) {
      fault = next;
      isFor = only;
    },
    shiftClock: (ms) => void (shiftMs = ms),
    refuse: stop,
    async listen() {
      server = create();
      await listen();
    },
    close: stop,
  };
}

interface Whole {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

function reply(response: ServerResponse, { status, headers, text }: Whole, fault: Fault): void {
  const body = Buffer.from(fault.kind === "rewrite" ? fault.rewrite(text) : text);
  for (const name of ["content-type", "x-server-hostname"]) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (fault.kind === "shortened") return void response.writeHead(status, { "content-length": half.length }).end(half);
  response.writeHead(status, { "content-length": body.length });
  if (fault.kind !== "cut") return void response.end(body);
  response.write(half, () => response.destroy());
}

/** Series after series, as fast as they are taken. */
function flood(response: ServerResponse, many: number): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"status":"success","data":{"resultType":"vector","result":[');
  let sent = 0;
  const push = (): void => {
    while (sent < many) {
      if (response.destroyed) return;
      let chunk = "";
      for (let end = Math.min(many, sent + 1_000); sent < end; sent++) {
        chunk += `${sent === 0 ? "" : ","}{"metric":{"src":"flood/s${sent % 997}","dst":"flood/d${sent}","code":"200"},"value":[1,"1"]}`;
      }
      if (!response.write(chunk)) return void response.once("drain", push);
    }
    response.end("]}}");
  };
  push();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The question with its times moved. */
function shifted(url: URL, body: string, ms: number): { url: URL; body: string } {
  if (ms === 0) return { url, body };
  const moved = new URL(url);
  const form = new URLSearchParams(body);
  for (const parameters of [moved.searchParams, form]) {
    for (const name of ["time", "start", "end"]) {
      const value = parameters.get(name);
      if (value !== null) parameters.set(name, String(Number(value) + ms / 1_000));
    }
  }
  return { url: moved, body: form.toString() };
}

function forward(request: IncomingMessage, { url, body }: { url: URL; body: string }): Promise<Whole> {
  return new Promise((resolve, reject) => {
    const type = request.headers["content-type"];
    const headers = { ...(type === undefined ? {} : { "content-type": type }), "content-length": Buffer.byteLength(body) };
    const sent = sendHttp(url, { method: request.method ?? "GET", headers, agent: false }, (answer) => {
      readBody(answer).then((text) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }), reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
