import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { contextOf, HEADERS, type RequestContext } from "./context.ts";
import { decodeGetRequest, encodeGetReply, frame, GET_RATINGS, isServerFault, unframe, type GetRequest } from "./grpc-wire.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { AppServer, Runtime } from "./runtime.ts";

/** Answers the number of stars, or a gRPC status to fail with. */
export type RatingsHandler = (
  request: GetRequest,
  context: RequestContext,
) => Promise<{ readonly stars: number } | { readonly failWith: number }>;

const OK = 0;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;

/** The ratings application: one unary gRPC method over plaintext HTTP/2, counted as the HTTP ones are. */
export function grpcApp(runtime: Runtime, app: AppIdentity, port: number, handler: RatingsHandler): AppServer {
  let server: Http2Server | undefined;
  const sessions = new Set<ServerHttp2Session>();
  return {
    service: app.service,
    version: app.version,
    start: () =>
      new Promise((resolve, reject) => {
        server = createServer();
        server.on("session", (session) => {
          sessions.add(session);
          session.once("close", () => sessions.delete(session));
        });
        server.on("stream", (stream, headers) => void serve(runtime, app, handler, stream, headers));
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server?.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

async function serve(
  runtime: Runtime,
  app: AppIdentity,
  handler: RatingsHandler,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const startMs = Date.now();
  const started = performance.now();
  const context = contextOf(runtime, app, headers);
  let status = INTERNAL;
  runtime.inFlight += 1;
  stream.on("error", () => undefined);
  stream.once("close", () => {
    runtime.inFlight -= 1;
    const durationMs = performance.now() - started;
    const error = isServerFault(status) || !stream.writableFinished;
    const edge = { source: context.caller, target: app.service, version: app.version, protocol: "grpc" } as const;
    runtime.tally.arrived(edge, { atMs: Date.now(), durationMs, error, attempt: context.attempt });
    const attributes = {
      "rpc.system": "grpc",
      "rpc.service": "demo.ratings.v1.Ratings",
      "rpc.method": "Get",
      "rpc.grpc.status_code": status,
    };
    runtime.spans.record(app, { trace: context.trace, name: "demo.ratings.v1.Ratings/Get", startMs, durationMs, error, attributes });
  });
  const answer = await answerOf(handler, stream, headers, context);
  status = "stars" in answer ? OK : answer.failWith;
  if (!stream.destroyed) respond(stream, app, answer);
}

type RatingsAnswer = Awaited<ReturnType<RatingsHandler>>;

async function answerOf(
  handler: RatingsHandler,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  context: RequestContext,
): Promise<RatingsAnswer> {
  if (headers[":path"] !== GET_RATINGS) return { failWith: UNIMPLEMENTED };
  try {
    return await handler(decodeGetRequest(unframe(Buffer.concat(await stream.toArray()))), context);
  } catch {
    // The caller went away, or sent what is no message.
    return { failWith: INTERNAL };
  }
}

function respond(stream: ServerHttp2Stream, app: AppIdentity, answer: RatingsAnswer): void {
  const headers = { ":status": 200, "content-type": "application/grpc", [HEADERS.app]: `${app.service}@${app.version ?? ""}` };
  if ("failWith" in answer) {
    stream.respond({ ...headers, "grpc-status": String(answer.failWith), "grpc-message": "failed" }, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frame(encodeGetReply(answer.stars)));
}
