import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";

import { parseInput } from "../http/bind.ts";
import type { LiveHub, LiveReader } from "../live/live-hub.ts";

/** A reader that leaves this much unread is let go; it comes back with a fresh snapshot. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;
/** Spread of the retry hint, so that many tabs do not all come back in one moment. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 2_000;

/** The live stream as server-sent events. */
export function addLive(app: FastifyInstance, hub: LiveHub): void {
  app.get(endpoints.getLive.path, async (request, reply) => {
    const query = parseInput(endpoints.getLive.query, request.query, "See /api/live in /api/openapi.json");
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
      "X-Content-Type-Options": "nosniff",
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
      close: () => out.end(),
    };
    out.on("close", () => hub.leave(reader));
    await hub.join(reader);
    if (out.destroyed) hub.leave(reader);
  });
}
