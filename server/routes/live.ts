import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";

import { parseInput } from "../http/bind.ts";
import { securityHeaders } from "../http/guards.ts";
import type { LiveHub, LiveReader } from "../live/live-hub.ts";

/** A reader that leaves this much unread is let go; it comes back with a fresh snapshot. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;
/** Spread of the retry hint, so that many tabs do not all come back in one moment. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 2_000;

/** The live stream as server-sent events. */
export function addLive(app: FastifyInstance, hub: LiveHub): void {
  app.get(endpoints.getLive.path, { exposeHeadRoute: false }, async (request, reply) => {
    const query = parseInput(endpoints.getLive.query, request.query, "See /api/live in /api/openapi.json");
    reply.hijack();
    const out = reply.raw;
    // A hijacked answer passes no hook: it must bring the house's headers itself.
    out.writeHead(200, {
      ...securityHeaders(request.url),
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    out.write(`retry: ${Math.round(RETRY_FROM_MS + Math.random() * RETRY_SPREAD_MS)}\n\n`);
    const reader: LiveReader = {
      topics: new Set(query.topics),
      view: { windowMs: query.window, namespaces: query.namespaces },
      send(event, data) {
        if (out.writableLength > MOST_UNREAD_BYTES) return false;
        out.write(`event: ${event}\ndata: ${data}\n\n`);
        return true;
      },
      // What a reader has not read by now would wait for it in memory for as long as it likes.
      close: () => void (out.writableLength > 0 ? out.destroy() : out.end()),
    };
    out.on("close", () => hub.leave(reader));
    await hub.join(reader);
    if (out.destroyed) hub.leave(reader);
  });
}
