import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { IngestLimits } from "./limits.ts";
import { MANNERS, type Refusal } from "./refusal.ts";

const HEADER_BYTES = 16 * 1024;
const HEADERS_MS = 10_000;
const CHECK_MS = 1_000;
/** Our own limit on a body's time answers in words; this one is for what it does not see. */
const BACKSTOP_MS = 5_000;
const LAST_ANSWERS_MS = 1_000;

/** A port that takes telemetry. */
export interface Listener {
  port: number;
  /** Takes no new connections; ends when the open requests were answered, or soon after. */
  stop(): Promise<void>;
}

export interface HttpListenerOptions {
  host: string;
  port: number;
  limits: IngestLimits;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Hears of requests that never became one: headers too large or too slow, no HTTP at all. */
  onRefused: (refusal: Refusal) => void;
}

/** Listens. Rejects with the system's error when the port cannot be had. */
export async function listenHttp(options: HttpListenerOptions): Promise<Listener> {
  const { host, limits, onRefused } = options;
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_MS, limits.bodyMs + BACKSTOP_MS),
      requestTimeout: limits.bodyMs + BACKSTOP_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    // Nothing is caught here: what is not foreseen ends the worker, which is then started anew.
    (request, response) => void options.handle(request, response),
  );
  server.maxConnections = limits.connections;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Who left in the middle needs no answer; the body's reader counts him.
    if (error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE" || !socket.writable) {
      socket.destroy();
      return;
    }
    const { line, refusal } = unreadable(error.code);
    onRefused(refusal);
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return { port, stop: () => close(server) };
}

function unreadable(code: string | undefined): { line: string; refusal: Refusal } {
  if (code === "HPE_HEADER_OVERFLOW") {
    return { line: "431 Request Header Fields Too Large", refusal: { cause: "large", text: "The headers are too large" } };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { line: "408 Request Timeout", refusal: { cause: "slow", text: "The request did not arrive in time" } };
  }
  return { line: "400 Bad Request", refusal: { cause: "malformed", text: "This is not HTTP" } };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await closed;
  clearTimeout(cut);
}

/** Answers, unless the sender went away meanwhile. */
export function answer(response: ServerResponse, status: number, type: string, body: Uint8Array | string, refusal?: Refusal): void {
  if (response.destroyed || response.headersSent) return;
  const retryAfterS = refusal === undefined ? null : MANNERS[refusal.cause].retryAfterS;
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "X-Content-Type-Options": "nosniff",
    ...(retryAfterS === null ? {} : { "Retry-After": String(retryAfterS) }),
    ...(refusal?.cause === "method" ? { Allow: "POST" } : {}),
    // A body that is still under way after its time is up is not waited for.
    ...(refusal?.cause === "slow" || refusal?.cause === "stopping" ? { Connection: "close" } : {}),
  });
  response.end(body);
}
