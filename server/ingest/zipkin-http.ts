import type { IncomingMessage, ServerResponse } from "node:http";

import { answer } from "./http-listener.ts";
import { isHealthCheck, mediaType, readEncoding, readHead } from "./http-request.ts";
import { GONE, type HttpIntakeParts } from "./otlp-http.ts";
import { readBody } from "./read-body.ts";
import { MANNERS, type Refusal } from "./refusal.ts";

const TEXT = "text/plain; charset=utf-8";
const PATHS = ["/api/v2/spans"];

/** Zipkin's intake, JSON of version 2: 202 without a body, or a sentence. */
export function createZipkinHandler(
  parts: Omit<HttpIntakeParts, "codec">,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { intake, budget } = parts;

  return async (request, response) => {
    if (isHealthCheck(request)) return answer(response, 200, TEXT, "ok\n");
    const refuse = (refusal: Refusal): void => {
      intake.countRefusal(refusal);
      answer(response, MANNERS[refusal.cause].httpStatus, TEXT, `${refusal.text.replace(/\.?$/, ".")}\n`, refusal);
    };
    const head = readHead(request, PATHS);
    if (head.refusal !== null) return refuse(head.refusal);
    const type = mediaType(request) ?? "application/json";
    if (type !== "application/json") {
      return refuse({ cause: "type", text: `The content type ${JSON.stringify(type.slice(0, 60))} is not taken; send application/json` });
    }
    const encoding = readEncoding(request);
    if (encoding.refusal !== null) return refuse(encoding.refusal);
    const early = intake.refusalNow();
    if (early !== null) return refuse(early);
    const read = await readBody(request, encoding.isGzip, parts);
    if (!read.ok) return read.refusal === null ? intake.countRefusal(GONE) : refuse(read.refusal);
    const taking = intake.takeZipkin(read.body);
    budget.give(read.body.length);
    const outcome = await taking;
    if (!outcome.isTaken) return refuse(outcome.refusal);
    return answer(response, 202, TEXT, "");
  };
}
