import type { ExternalUrl } from "#collectors/shared/assemble-traces.ts";
import { decodeTraces } from "#collectors/shared/decode-answer.ts";
import type { JsonQuestions, Question } from "#collectors/shared/json-questions.ts";
import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { encodeExportJson } from "#collectors/shared/otlp/json/decode-export-json.ts";
import { parseJson } from "#collectors/shared/otlp/json/parse-json.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { ok, type Result } from "#lib/model/errors.ts";

import { ifNothingFound, kindOf, type JaegerApi, type JaegerTraces } from "./api.ts";
import { toOtlp } from "./map-v1.ts";
import type { JaegerSearch } from "./put-filter.ts";
import { V1Names, V1Operations, V1Traces } from "./wire-v1.ts";

const NOTHING_FOUND = "trace not found";

/** Version 1, which older servers have alone and which the newest no longer search by. A search needs a service. */
export function createApiV1(sourceId: string, questions: JsonQuestions, linkOf: ExternalUrl): JaegerApi {
  async function tracesOf(question: Question): Promise<Result<JaegerTraces>> {
    const answer = await questions.askText(question);
    if (!answer.ok) return answer;
    const nothing = ifNothingFound(questions, question, answer.value, NOTHING_FOUND);
    if (nothing !== null) return nothing;
    const wire = questions.parse(question, answer.value.text, V1Traces, parseJson);
    if (!wire.ok) return wire;
    const decode = () => decodeExportRequest(encodeExportJson(toOtlp(wire.value.data), SPAN_LIMITS), SPAN_LIMITS);
    const decoded = decodeTraces(sourceId, questions, question, answer.value, decode, linkOf);
    return decoded.ok ? ok({ ...decoded.value, query: questions.address(question) }) : decoded;
  }

  return {
    searchesAllServices: false,
    async services(signal) {
      const question: Question = { path: "/api/services", signal };
      const answer = await questions.ask(question, V1Names);
      return answer.ok ? ok({ names: answer.value.data, query: questions.address(question) }) : answer;
    },
    async operations(service, signal) {
      const answer = await questions.ask({ path: "/api/operations", parameters: { service }, signal }, V1Operations);
      return answer.ok ? ok(answer.value.data.map(({ name, spanKind }) => ({ name, kind: kindOf(spanKind) }))) : answer;
    },
    search: (search, depth, signal) => tracesOf({ path: "/api/traces", parameters: parametersOf(search, depth), signal }),
    trace: (id, signal) => tracesOf({ path: `/api/traces/${id}`, parameters: { raw: "true" }, alsoTake: [404], signal }),
  };
}

function parametersOf(search: JaegerSearch, limit: number): Record<string, string | number | null> {
  const { service, operation, fromMs, toMs, minMicros, maxMicros, attributes } = search;
  return {
    service,
    operation,
    start: fromMs * 1_000,
    end: toMs * 1_000,
    minDuration: minMicros === null ? null : `${minMicros}us`,
    maxDuration: maxMicros === null ? null : `${maxMicros}us`,
    limit,
    tags: Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes),
    raw: "true",
  };
}
