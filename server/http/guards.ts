import type { FastifyInstance, FastifyRequest } from "fastify";

import { WeftError } from "#lib/model/errors.ts";

import type { Sessions } from "./sessions.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
];
const TRUSTED_TYPES = ["require-trusted-types-for 'script'", "trusted-types default"];

/** Content-Security-Policy of documents and of everything that is not a script. */
const DOCUMENT_POLICY = [...POLICY, ...TRUSTED_TYPES].join("; ");
/** A worker lives under its own response's policy, and the bundler's worker calls importScripts: no Trusted Types there. */
const SCRIPT_POLICY = POLICY.join("; ");

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The house's security headers for the answer to an address. */
export function securityHeaders(url: string): Record<string, string> {
  const path = url.split("?", 1)[0] ?? "";
  return {
    "Content-Security-Policy": path.endsWith(".js") ? SCRIPT_POLICY : DOCUMENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
  };
}

/** Adds them to every answer, whatever its status. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    void reply.headers(securityHeaders(request.url));
    return payload;
  });
}

/** Refuses names that are not this machine: a foreign site that points its name at loopback must get nothing. */
function checkHost(request: FastifyRequest): void {
  const host = request.headers.host ?? "";
  const name = host.replace(/:\d+$/, "");
  if (LOOPBACK_NAMES.has(name)) return;
  throw new WeftError("FORBIDDEN", "This console answers only to localhost, 127.0.0.1 and [::1]", {
    field: "Host",
    mend: "Open it by the address it printed when it started",
  });
}

function checkWrite(request: FastifyRequest, sessions: Sessions): void {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin !== undefined && origin !== `http://${host ?? ""}`) {
    throw new WeftError("FORBIDDEN", "Writes are taken only from Weft's own pages", {
      field: "Origin",
      mend: "Open Weft by its own address",
    });
  }
  if (site !== undefined && site !== "same-origin") {
    throw new WeftError("FORBIDDEN", "Writes are taken only from Weft's own pages", {
      field: "Sec-Fetch-Site",
      mend: "Open Weft by its own address",
    });
  }
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new WeftError("INVALID", "Writes are taken as JSON only", {
      field: "Content-Type",
      mend: "Send the content type application/json",
    });
  }
  if (!sessions.isTokenOf(request.headers["x-weft-csrf"], request.headers.cookie)) {
    throw new WeftError("FORBIDDEN", "The write carries no valid token", {
      field: "X-Weft-CSRF",
      mend: "Read /api/session and send its csrfToken in the header X-Weft-CSRF",
    });
  }
}

/** Checks that stand before every handler. */
export function addGuards(app: FastifyInstance, sessions: Sessions, isReadOnly: boolean): void {
  app.addHook("onRequest", async (request) => {
    checkHost(request);
    if (request.method === "GET" || request.method === "HEAD") return;
    if (isReadOnly) {
      throw new WeftError("FORBIDDEN", "This console was started read-only", { mend: "Start it without --read-only to steer the mesh" });
    }
    checkWrite(request, sessions);
  });
}
