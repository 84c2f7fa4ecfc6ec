import {
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  setLogVerbosity,
  type status,
  type handleUnaryCall,
  type MethodDefinition,
  type sendUnaryData,
  type ServerInterceptor,
} from "@grpc/grpc-js";

import type { ScheduledTask } from "#lib/ports/time.ts";

import type { Signal } from "./codec.ts";
import type { Listener } from "./http-listener.ts";
import type { HttpIntakeParts } from "./otlp-http.ts";
import { MANNERS, type Outcome, type Refusal } from "./refusal.ts";
import { browserRefusal } from "./sender-guard.ts";
import { TurnGate } from "./turn-gate.ts";

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
};
const STREAMS_PER_CONNECTION = 100;
const LAST_ANSWERS_MS = 1_000;

export type GrpcIntakeParts = Omit<HttpIntakeParts, "budget">;

/** OTLP over gRPC. Messages stay bytes here: the intake's own decoder reads them. Rejects when the port cannot be had. */
export async function listenGrpc(host: string, port: number, parts: GrpcIntakeParts): Promise<Listener> {
  // Whatever goes wrong here comes back as an error; the library would write it to the console as well.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": parts.limits.bodyBytes,
    "grpc.max_concurrent_streams": STREAMS_PER_CONNECTION,
    interceptors: [createGuard(parts)],
  });
  for (const signal of Object.keys(SERVICES) as Signal[]) {
    server.addService({ Export: unaryOfBytes(SERVICES[signal]) }, { Export: createExport(signal, parts) });
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error === null) resolve(boundPort);
      else reject(error);
    });
  });
  return { port: bound, stop: () => close(server) };
}

const same = (bytes: Buffer): Buffer => bytes;

function unaryOfBytes(path: string): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function createExport(signal: Signal, parts: GrpcIntakeParts): handleUnaryCall<Buffer, Buffer> {
  const { intake, codec } = parts;
  const take = async (message: Buffer, callback: sendUnaryData<Buffer>): Promise<void> => {
    const early = intake.refusalNow();
    const outcome: Outcome = early === null ? await intake.take(signal, message, "protobuf") : { isTaken: false, refusal: early };
    if (outcome.isTaken) {
      callback(null, Buffer.from(codec.answer(signal, outcome.rejected, outcome.reason, "protobuf")));
    } else {
      intake.countRefusal(outcome.refusal);
      callback(statusOf(outcome.refusal, parts));
    }
  };
  return (call, callback) => void take(call.request, callback);
}

/** A status for a refusal; one that may be tried again says when, as OTLP asks (`google.rpc.RetryInfo`). */
function statusOf({ cause, text }: Refusal, { codec }: GrpcIntakeParts): { code: status; details: string; metadata: Metadata } {
  const { code, retryAfterS } = MANNERS[cause];
  const metadata = new Metadata();
  if (retryAfterS !== null) metadata.set("grpc-status-details-bin", Buffer.from(codec.status(code, text, "protobuf", retryAfterS)));
  return { code, details: text, metadata };
}

/**
 * The length of a message is not told before it is whole, so what bounds the memory is how many are read at once. A call
 * keeps its turn until the handler has it; others wait with their bytes still in the sender's hands, held back by HTTP/2's
 * flow control.
 */
function createGuard(parts: GrpcIntakeParts): ServerInterceptor {
  const { intake, limits, scheduler } = parts;
  const gate = new TurnGate(limits.grpcReads, limits.grpcWaiting);

  return (_method, call) => {
    let leave: (() => void) | null = null;
    let deadline: ScheduledTask | null = null;
    let isAnswered = false;
    const end = (): void => {
      deadline?.cancel();
      leave?.();
    };
    const refuse = (refusal: Refusal): void => {
      isAnswered = true;
      end();
      intake.countRefusal(refusal);
      call.sendStatus(statusOf(refusal, parts));
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, pass) {
            const web = browserRefusal(metadata.get("origin")[0], metadata.get("sec-fetch-site")[0]);
            if (web !== null) return refuse(web);
            leave = gate.enter(() => {
              deadline = scheduler.after(limits.bodyMs, () =>
                refuse({ cause: "slow", text: `The message was not here within ${limits.bodyMs / 1000} seconds` }),
              );
              pass(metadata);
            });
            if (leave === null) refuse({ cause: "busy", text: "Too many calls wait to be read; send this one again" });
            return undefined;
          },
          onReceiveMessage: (message, pass) => {
            // Bytes that came after the call was refused.
            if (!isAnswered) pass(message);
          },
          onReceiveHalfClose(pass) {
            if (isAnswered) return;
            isAnswered = true;
            end();
            pass();
          },
          onCancel() {
            end();
            // The library itself ended it: too large, not readable as gzip, or the sender went away.
            if (!isAnswered) intake.countRefusal({ cause: "unfinished", text: "The call ended before its message was whole" });
            isAnswered = true;
          },
        });
      },
    });
  };
}

async function close(server: Server): Promise<void> {
  const cut = setTimeout(() => server.forceShutdown(), LAST_ANSWERS_MS);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(cut);
  server.forceShutdown();
}
