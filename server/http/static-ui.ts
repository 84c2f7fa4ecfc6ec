import { existsSync } from "node:fs";
import { join } from "node:path";

import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

import { WeftError } from "#lib/model/errors.ts";

import { sendProblem } from "./problem.ts";
import type { Sessions } from "./sessions.ts";

const PAGE = /^\/[a-z-]+$/;
const HASHED = /\/_next\/static\//;

/**
 * The file behind a page's address: `/services` is `services.html`. The export also has a folder of that name (payloads of
 * soft navigation), which would be found first.
 */
export function pageFile(uiDir: string, url: string): string {
  const [path = "", query] = url.split("?", 2);
  if (!PAGE.test(path) || !existsSync(join(uiDir, `${path}.html`))) return url;
  return query === undefined ? `${path}.html` : `${path}.html?${query}`;
}

/** Serves the exported pages: `/x` is `x.html`, payloads of soft navigation are `.txt`, and files with a hash never change. */
export async function addStaticUi(app: FastifyInstance, uiDir: string, sessions: Sessions): Promise<void> {
  const hasUi = existsSync(join(uiDir, "index.html"));
  if (hasUi) {
    await app.register(fastifyStatic, {
      root: uiDir,
      index: ["index.html"],
      redirect: false,
      cacheControl: false,
      setHeaders(reply, path) {
        if (path.endsWith(".txt")) void reply.header("Content-Type", "text/x-component");
        void reply.header("Cache-Control", HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
    app.addHook("onSend", async (request, reply, payload) => {
      const isPage = String(reply.getHeader("content-type") ?? "").startsWith("text/html");
      const cookie = isPage ? sessions.newCookie(request.headers.cookie) : null;
      if (cookie !== null) void reply.header("Set-Cookie", cookie);
      return payload;
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html") && !request.url.startsWith("/api/");
    if (hasUi && wantsPage && existsSync(join(uiDir, "404.html"))) return reply.code(404).sendFile("404.html");
    const mend = hasUi ? "See /api/openapi.json for what there is" : "The console's pages are not built: run ./weft build";
    return sendProblem(reply, new WeftError("NOT_FOUND", `There is nothing at ${request.url.split("?", 1)[0] ?? ""}`, { mend }));
  });
}
