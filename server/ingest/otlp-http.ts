import type { IncomingMessage, ServerResponse } from "node:http";

import type { Format, IngestCodec, Signal } from "./codec.ts";
import { answer } from "./http-listener.ts";
import { isHealthCheck, mediaType, readEncoding, readHead } from "./http-request.ts";
import type { Intake } from "./intake.ts";
import { readBody, type BodyParts } from "./read-body.ts";
import { MANNERS, type Refusal } from "./refusal.ts";

const SIGNALS: Readonly<Record<string, Signal>> = { "/v1/traces": "traces", "/v1/metrics": "metrics", "/v1/logs": "logs" };
const FORMATS: Readonly<Record<string, Format>> = { "application/x-protobuf": "protobuf", "application/json": "json" };
const TYPES: Readonly<Record<Format, string>> = { protobuf: "application/x-protobuf", json: "application/json" };

export interface HttpIntakeParts extends BodyParts {
  intake: Intake;
  codec: IngestCodec;
}

/** OTLP over HTTP as its specification has it: the same content type back, a `google.rpc.Status` for every refusal. */
export function createOtlpHandler(parts: HttpIntakeParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { intake, codec, budget } = parts;

  return async (request, response) => {
    if (isHealthCheck(request)) return answer(response, 200, "text/plain; charset=utf-8", "ok\n");
    const format = FORMATS[mediaType(request) ?? ""];
    const refuse = (refusal: Refusal): void => {
      const { httpStatus, code, retryAfterS } = MANNERS[refusal.cause];
      intake.countRefusal(refusal);
      const body = codec.status(code, refusal.text, format ?? "json", retryAfterS ?? undefined);
      answer(response, httpStatus, TYPES[format ?? "json"], body, refusal);
    };
    const head = readHead(request, Object.keys(SIGNALS));
    if (head.refusal !== null) return refuse(head.refusal);
    const signal = SIGNALS[head.path];
    if (format === undefined || signal === undefined) return refuse(wrongType(mediaType(request)));
    const encoding = readEncoding(request);
    if (encoding.refusal !== null) return refuse(encoding.refusal);
    const early = intake.refusalNow();
    if (early !== null) return refuse(early);
    const read = await readBody(request, encoding.isGzip, parts);
    if (!read.ok) return read.refusal === null ? intake.countRefusal(GONE) : refuse(read.refusal);
    // Decoded at once: from here on the queue counts these bytes.
    const taking = intake.take(signal, read.body, format);
    budget.give(read.body.length);
    const outcome = await taking;
    if (!outcome.isTaken) return refuse(outcome.refusal);
    return answer(response, 200, TYPES[format], codec.answer(signal, outcome.rejected, outcome.reason, format));
  };
}

/** Nobody is there to be answered. */
export const GONE: Refusal = { cause: "unfinished", text: "The sender went away before its body was whole" };

function wrongType(type: string | null): Refusal {
  const given = type === null ? "No content type is given" : `The content type ${JSON.stringify(type.slice(0, 60))} is not taken`;
  return { cause: "type", text: `${given}; send application/x-protobuf or application/json` };
}
