import { z } from "zod";

import type { ExternalUrl } from "#collectors/shared/assemble-traces.ts";
import { decodeTraces } from "#collectors/shared/decode-answer.ts";
import type { Answered, JsonQuestions, Question } from "#collectors/shared/json-questions.ts";
import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { encodeExportJson } from "#collectors/shared/otlp/json/decode-export-json.ts";
import { parseJson } from "#collectors/shared/otlp/json/parse-json.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { ok, type Result } from "#lib/model/errors.ts";

import { ifNothingFound, kindOf, type JaegerApi, type JaegerTraces } from "./api.ts";
import type { JaegerSearch } from "./put-filter.ts";
import { TraceChunk, withNumberedEnums } from "./wire-v3.ts";

/** Empty lists are left out of its answers (protobuf's JSON mapping). */
const Services = z.object({ services: z.array(z.string()).default([]) });
const Operations = z.object({
  operations: z.array(z.object({ name: z.string().default(""), spanKind: z.string().default("") })).default([]),
});

/** How it says that nothing was found: with 404, as text/plain. */
const NOTHING_FOUND = "No traces found";

/**
 * Version 3, the stable one. It looks up parameters by one spelling or the other, by its age, and ignores the rest: both are
 * sent. Answers are OTLP in JSON with all traces merged.
 */
export function createApiV3(sourceId: string, questions: JsonQuestions, linkOf: ExternalUrl): JaegerApi {
  async function tracesOf(question: Question): Promise<Result<JaegerTraces>> {
    const answer = await questions.askText(question);
    if (!answer.ok) return answer;
    const nothing = ifNothingFound(questions, question, answer.value, NOTHING_FOUND);
    if (nothing !== null) return nothing;
    const resourceSpans = readChunks(question, answer.value);
    if (!resourceSpans.ok) return resourceSpans;
    const decode = () => decodeExportRequest(encodeExportJson({ resourceSpans: resourceSpans.value }, SPAN_LIMITS), SPAN_LIMITS);
    const decoded = decodeTraces(sourceId, questions, question, answer.value, decode, linkOf);
    return decoded.ok ? ok({ ...decoded.value, query: questions.address(question) }) : decoded;
  }

  function readChunks(question: Question, { text }: Answered): Result<unknown[]> {
    const chunks = questions.parse(question, text, z.array(TraceChunk), parseChunks);
    if (!chunks.ok) return chunks;
    const failure = chunks.value.find(({ error }) => error !== undefined)?.error;
    if (failure !== undefined)
      return questions.fail(questions.refused(question.path, failure.httpCode, JSON.stringify({ error: failure })));
    return ok(chunks.value.flatMap(({ result }) => (result?.resourceSpans ?? []).map(withNumberedEnums)));
  }

  return {
    searchesAllServices: true,
    async services(signal) {
      const question: Question = { path: "/api/v3/services", signal };
      const answer = await questions.ask(question, Services);
      return answer.ok ? ok({ names: answer.value.services, query: questions.address(question) }) : answer;
    },
    async operations(service, signal) {
      const answer = await questions.ask({ path: "/api/v3/operations", parameters: { service }, signal }, Operations);
      return answer.ok ? ok(answer.value.operations.map(({ name, spanKind }) => ({ name, kind: kindOf(spanKind) }))) : answer;
    },
    search: (search, depth, signal) =>
      tracesOf({ path: "/api/v3/traces", parameters: parametersOf(search, depth), alsoTake: [404], signal }),
    trace: (id, signal) =>
      tracesOf({ path: `/api/v3/traces/${id}`, parameters: { rawTraces: "true", raw_traces: "true" }, alsoTake: [404], signal }),
  };
}

/** One answer, or several on lines of their own: how a streaming gateway writes them. */
function parseChunks(text: string): unknown[] {
  try {
    return [parseJson(text)];
  } catch (cause) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2) throw cause;
    return lines.map(parseJson);
  }
}

function parametersOf(search: JaegerSearch, depth: number): Record<string, string | number | null> {
  const { service, operation, fromMs, toMs, minMicros, maxMicros, attributes } = search;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const [min, max] = [minMicros, maxMicros].map((micros) => (micros === null ? null : `${micros}us`));
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    "query.serviceName": service,
    "query.service_name": service,
    "query.operationName": operation,
    "query.operation_name": operation,
    "query.startTimeMin": from,
    "query.start_time_min": from,
    "query.startTimeMax": to,
    "query.start_time_max": to,
    "query.durationMin": min ?? null,
    "query.duration_min": min ?? null,
    "query.durationMax": max ?? null,
    "query.duration_max": max ?? null,
    // Without a number some versions answer 500: search depth must be greater than 0.
    "query.searchDepth": depth,
    "query.num_traces": depth,
    "query.attributes": hasAttributes ? JSON.stringify(attributes) : null,
    // As sent: otherwise times are moved and ids rewritten.
    "query.rawTraces": "true",
    "query.raw_traces": "true",
  };
}
