import type { IncomingMessage } from "node:http";

import type { Refusal } from "./refusal.ts";
import { browserRefusal } from "./sender-guard.ts";

/** Path without the query, and what is wrong with the request as far as its headers tell; `null` = nothing. */
export function readHead(request: IncomingMessage, paths: readonly string[]): { path: string; refusal: Refusal | null } {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const browser = browserRefusal(request.headers.origin, request.headers["sec-fetch-site"]);
  if (browser !== null) return { path, refusal: browser };
  if (!paths.includes(path)) {
    return { path, refusal: { cause: "path", text: `Nothing is taken at this path; the paths here are ${paths.join(", ")}` } };
  }
  if (request.method !== "POST") return { path, refusal: { cause: "method", text: `Send to ${path} with POST` } };
  return { path, refusal: null };
}

/** Whether a request asks if the listener is up. */
export function isHealthCheck(request: IncomingMessage): boolean {
  return request.url === "/healthz" && (request.method === "GET" || request.method === "HEAD");
}

/** The media type without its parameters; `null` = the sender gave none. */
export function mediaType(request: IncomingMessage): string | null {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "" ? null : type;
}

/** Whether the body is compressed, or why it cannot be read. */
export function readEncoding(request: IncomingMessage): { isGzip: boolean; refusal: Refusal | null } {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return { isGzip: false, refusal: null };
  // RFC 9110, 8.4.1.3: x-gzip means the same.
  if (encoding === "gzip" || encoding === "x-gzip") return { isGzip: true, refusal: null };
  const text = `The content encoding ${JSON.stringify(encoding.slice(0, 60))} is not taken; send gzip, or none`;
  return { isGzip: false, refusal: { cause: "type", text } };
}
