import Fastify, { type FastifyInstance, LogController } from "fastify";

import { handleError, handleUnreadableUrl } from "./http/problem.ts";
import { addGuards, addSecurityHeaders } from "./http/guards.ts";
import { Sessions } from "./http/sessions.ts";
import { addStaticUi, pageFile } from "./http/static-ui.ts";
import type { IngestStats } from "./ingest/stats.ts";
import { LiveHub } from "./live/live-hub.ts";
import { addLive } from "./routes/live.ts";
import { addMeta } from "./routes/meta.ts";
import { addReads } from "./routes/reads.ts";
import { addSecurity } from "./routes/security.ts";
import { addTraces } from "./routes/traces.ts";
import { addWrites } from "./routes/writes.ts";
import type { Runtime } from "./runtime.ts";
import { spanIds } from "./telemetry/log-ids.ts";
import { addTelemetry } from "./telemetry/metrics.ts";
import { addRequestSpans } from "./telemetry/request-spans.ts";
import type { Tracing } from "./telemetry/tracing.ts";

const BODY_LIMIT_BYTES = 64 * 1024;

export interface ServerOptions {
  /** Name of the session cookie, distinct per process. */
  cookieName: string;
  /** Directory of the exported pages. */
  uiDir: string;
  isReadOnly: boolean;
  /** What the mesh is called; left out = nobody named it. */
  meshName?: string | undefined;
  logLevel: "warn" | "info" | "silent";
  /** How the intake of spans stands; left out = there is none. */
  ingestStats?: (() => IngestStats) | undefined;
  /** Makes spans of the API's calls; left out = none are made. */
  tracing?: Tracing | undefined;
}

/** The HTTP surface over a runtime. Listens on loopback only: there is no login yet. */
export async function createServer(runtime: Runtime, options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: options.logLevel, mixin: spanIds },
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => pageFile(options.uiDir, request.url ?? "/"),
    frameworkErrors: handleUnreadableUrl,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    routerOptions: { querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)) },
  });
  const sessions = new Sessions(options.cookieName);
  const hub = new LiveHub(runtime, (error) => app.log.error({ err: error }, "unhandled error in the live stream"));
  app.setErrorHandler(handleError);
  acceptEmptyJson(app);
  if (options.tracing !== undefined) addRequestSpans(app, options.tracing);
  addSecurityHeaders(app);
  addGuards(app, sessions, options.isReadOnly);
  const telemetry = addTelemetry(app, runtime, hub, options.ingestStats);
  addReads(app, runtime);
  addTraces(app, runtime);
  addSecurity(app, runtime);
  addWrites(app, runtime);
  addLive(app, hub);
  addMeta(app, { runtime, sessions, telemetry, isReadOnly: options.isReadOnly, meshName: options.meshName });
  await addStaticUi(app, options.uiDir, sessions);
  app.addHook("preClose", async () => hub.close());
  return app;
}

/** Calls without a body are often sent with a JSON content type; the framework's own parser refuses the empty text. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    if (text === "") return done(null, undefined);
    return app.getDefaultJsonParser("error", "error")(request, text, done);
  });
}
