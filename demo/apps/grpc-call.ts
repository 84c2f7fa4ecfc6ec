import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from "node:http2";
import { connect as dial } from "node:net";
import type { Instance } from "../mesh/plan.ts";
import { brokenLanding, edgeTo, landingOf, refusedLanding, type Landing } from "./arrival.ts";
import { outgoingHeaders, type RequestContext } from "./context.ts";
import { encodeGetRequest, frame, GET_RATINGS, isServerFault, type GetRequest } from "./grpc-wire.ts";
import type { Runtime } from "./runtime.ts";

const HOST = "ratings";
const CALL_TIMEOUT_MS = 15_000;
const UNAVAILABLE = 14;

export type RatingsCaller = (request: GetRequest, context: RequestContext, nth: number) => Promise<{ readonly ok: boolean }>;

/** Calls ratings through the application's own proxy, over one HTTP/2 connection that is dialled again when it broke. */
export function ratingsCaller(runtime: Runtime, app: Instance): RatingsCaller {
  const port = app.outboundPorts[HOST];
  if (port === undefined) throw new Error(`${app.service} has no way to ${HOST}`);
  const session = sessionKeeper(app, port);
  return async (request, context, nth) => {
    runtime.inFlight += 1;
    const outcome = await unary(session(), request, outgoingHeaders(app, context, HOST, nth));
    runtime.inFlight -= 1;
    const error = isServerFault(outcome.grpcStatus);
    runtime.tally.departed(edgeTo(app.service, HOST, outcome.landing), {
      atMs: Date.now(),
      error,
      neverArrived: outcome.landing.neverArrived,
    });
    return { ok: outcome.grpcStatus === 0 };
  };
}

function sessionKeeper(app: Instance, port: number): () => ClientHttp2Session {
  let current: ClientHttp2Session | undefined;
  return () => {
    if (current === undefined || current.closed || current.destroyed) {
      current = connect(`http://127.0.0.1:${port}`, {
        createConnection: () => dial({ host: "127.0.0.1", port, localAddress: app.address }),
      });
      // Every stream of a broken session fails by itself; the session's own event only must not go unheard.
      current.on("error", () => undefined);
    }
    return current;
  };
}

interface Outcome {
  readonly grpcStatus: number;
  readonly landing: Landing;
}

function unary(session: ClientHttp2Session, message: GetRequest, { host, ...headers }: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (cause: Error): void => {
      const refused = "code" in cause && cause.code === "ECONNREFUSED";
      resolve({ grpcStatus: UNAVAILABLE, landing: refused ? refusedLanding(HOST) : brokenLanding(HOST) });
    };
    const stream = session.request({
      ":method": "POST",
      ":path": GET_RATINGS,
      ":authority": host ?? HOST,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.setTimeout(CALL_TIMEOUT_MS, () => stream.destroy(new Error("timed out")));
    let landing = brokenLanding(HOST);
    let status: number | undefined;
    const readStatus = (from: IncomingHttpHeaders): void => {
      const text = from["grpc-status"];
      if (typeof text === "string") status = Number.parseInt(text, 10);
    };
    stream.on("response", (response) => {
      landing = landingOf(response[":status"], response, HOST);
      readStatus(response);
    });
    stream.on("trailers", readStatus);
    stream.once("error", failed);
    stream.once("close", () => resolve({ grpcStatus: status ?? UNAVAILABLE, landing }));
    stream.resume();
    stream.end(frame(encodeGetRequest(message)));
  });
}
